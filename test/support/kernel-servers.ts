/** What a director's table says of its real servers, read from the kernel and not from the engine. */
import type { Host } from './namespaces.js';

const TABLE = ['netdev', 'homeward'] as const;

/** Numbers of the servers that packets go to, sorted as text. */
export async function forwardedServers(director: Host, family: 4 | 6): Promise<readonly string[]> {
  const listed = await director.exec(['nft', 'list', 'map', ...TABLE, `backends${family}.eth0`]);
  return [...listed.matchAll(/0x([0-9a-f]+) counter/g)].map(([, hex]) => `${numberOf(hex)}`).sort();
}

/** How many slots of all services each server has. */
export async function slotShares(director: Host): Promise<Readonly<Record<number, number>>> {
  const listed = await director.exec(['nft', 'list', 'map', ...TABLE, 'slots']);
  const found: Record<number, number> = {};
  for (const [, hex] of listed.matchAll(/: 0x([0-9a-f]+)/g)) {
    const number = numberOf(hex);
    found[number] = (found[number] ?? 0) + 1;
  }
  return found;
}

function numberOf(hex = ''): number {
  return Number.parseInt(hex, 16);
}
