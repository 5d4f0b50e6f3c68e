/** Several directors hold one VIP, and know each other for what they are by what they send, on the real kernel. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Claims } from '../../src/engine/network/claims.js';
import { saveIdentity } from '../../src/link/node-identity.js';
import { DIRECTOR_MAC, VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import type { Host } from '../support/namespaces.js';
import { listening } from '../support/segment-ears.js';
import { entries, service } from '../support/service-documents.js';

const STRANGER = '02:00:00:00:00:ee';
const CLAIM_TIMES = { waitMs: 100, againMs: 500 };
const PATIENCE = { timeout: 5_000, interval: 20 };
let net: DirectorNetwork;
let neighbour: Host;
let stranger: Host;

const web = service(1, { servers: entries(1, 4, [1000, 1000]), slots: 8 });

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-fel`);
  const lan = (mac: string) => ({ bridge: 'lan', mac, addresses: [] });
  neighbour = await net.network.addHost({ name: 'near', links: [lan('02:00:00:00:00:d1')] });
  stranger = await net.network.addHost({ name: 'stranger', links: [lan(STRANGER)] });
});
afterAll(() => net.close());

describe('two directors', () => {
  const CLUSTER = '00000000-0000-4000-8000-000000000001';
  const identity = { format: 1, cluster: CLUSTER, nodeId: CLUSTER, addresses: ['192.0.2.2'] };

  it.each([
    ['of one cluster both take a VIP, though each answers for it', CLUSTER, undefined],
    ['of two clusters do not (control)', '00000000-0000-4000-8000-000000000002', [DIRECTOR_MAC]],
  ])('%s', async (_, cluster, owners) => {
    await saveIdentity(net.stateDir, { ...identity, role: 'director', credential: `hwn_${'0'.repeat(43)}` });
    await net.restart([web], { voice: true, claimTimes: CLAIM_TIMES });
    await expect.poll(addresses, PATIENCE).toContain(VIP4);
    // It is known by its answer alone, for nothing else is heard of it.
    net.wire.loses = () => true;
    const wire = await listening(net, neighbour, cluster);
    const claims = new Claims(wire, () => Promise.resolve(), CLAIM_TIMES);
    claims.free([VIP4], 'eth0');
    await claims.settled();
    expect(claims.ownersOf(VIP4)).toEqual(owners);
    claims.stop();
    await wire.stop();
    await rm(join(net.stateDir, 'identity.json'));
  });

  it.each([
    ['IPv4', VIP4, '192.0.2.66'],
    ['IPv6', VIP6, '2001:db8:2::66'],
  ])(
    'know each other by a question of %s in the own name of one that repeats no VIP',
    async (_, vip, from) => {
      const [mouth, ear] = [
        await listening(net, stranger, CLUSTER),
        await listening(net, neighbour, CLUSTER),
      ];
      const other = await listening(net, net.director, '00000000-0000-4000-8000-000000000002');
      for (const each of [ear, other]) each.heed([vip, from]);
      let heard = 0;
      other.listen(({ address }) => (heard += Number(address === from)));
      // Heard by the mark alone, as nobody heeds a director's own address.
      ear.ignore([from]);
      await expect
        .poll(() => {
          mouth.ask({ device: 'eth0', address: vip, from });
          return ear.isFellow(STRANGER);
        }, PATIENCE)
        .toBe(true);
      await expect.poll(() => heard, PATIENCE).toBeGreaterThan(0);
      expect(other.isFellow(STRANGER), 'of another cluster (control)').toBe(false);
      await Promise.all([mouth, ear, other].map((each) => each.stop()));
    },
  );
});

function addresses(): Promise<string> {
  return net.director.exec(['ip', 'address', 'show', 'dev', 'eth0']);
}
