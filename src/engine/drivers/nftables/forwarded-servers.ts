/** The numbers of the servers that the kernel may send packets to now, whoever put them there. */
import { filledMaps } from '../../../forwarding/layout.js';
import type { Nft } from './nft.js';

export async function forwardedServers(nft: Nft, devices: readonly string[]): Promise<ReadonlySet<number>> {
  const numbers = new Set<number>();
  for (const map of filledMaps(devices).filter((each) => each.startsWith('backends'))) {
    for (const { key } of await nft.listElementsIfThere(map)) numbers.add(Number(key));
  }
  return numbers;
}
