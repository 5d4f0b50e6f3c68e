/** The segment of a director and its real servers, with a neighbour on it, and with a stranger that speaks in the name of others. */
import type { ClaimTimes } from '../../src/engine/network/claims.js';
import { DirectorNetwork } from './director-network.js';
import type { Host } from './namespaces.js';

export const STRANGER = '02:00:00:00:00:ee';
/** Soon, so that nothing has to be waited for. */
export const CLAIM_TIMES: ClaimTimes = { waitMs: 100, againMs: 500 };

export interface DirectorSegment {
  readonly net: DirectorNetwork;
  readonly neighbour: Host;
  readonly stranger: Host;
}

export async function createSegment(prefix: string): Promise<DirectorSegment> {
  const net = await DirectorNetwork.create(prefix);
  const add = (name: string, mac: string, last: string) =>
    net.network.addHost({
      name,
      links: [{ bridge: 'lan', mac, addresses: [`192.0.2.${last}/24`, `2001:db8:2::${last}/64`] }],
    });
  const neighbour = await add('near', '02:00:00:00:00:d1', '21');
  return { net, neighbour, stranger: await add('stranger', STRANGER, '66') };
}
