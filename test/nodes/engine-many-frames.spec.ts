/** Many frames about VIPs on the real kernel: those of a director that has thousands, and a flood by somebody else. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Announcer } from '../../src/engine/network/announcer.js';
import { VIP4 } from '../support/director-hosts.js';
import type { DirectorNetwork } from '../support/director-network.js';
import { CLAIM_TIMES, createSegment } from '../support/director-segment.js';
import { stopProcess, type Host } from '../support/namespaces.js';
import { FLOOD, framesSentBy, indexOf, listening } from '../support/segment-ears.js';
import { entries, service } from '../support/service-documents.js';

const web = service(1, { servers: entries(1, 4, [1000, 1000]), slots: 8 });
let net: DirectorNetwork;
let neighbour: Host;
let stranger: Host;

beforeAll(async () => {
  ({ net, neighbour, stranger } = await createSegment(`hw${process.pid}-fra`));
});
afterEach(() => net.restart([]));
afterAll(() => net.close());

describe('thousands of VIPs', () => {
  const MANY = Array.from({ length: 2_000 }, (_, index) => `10.9.${index >> 8}.${index & 255}`);
  /** A fifth of what it is, and a fifth of the VIPs: as many frames a second as ten thousand VIPs make. */
  const PERIOD_MS = 2_000;

  it('are announced within one period, evenly', async () => {
    const [ear, mouth] = [await listening(net, neighbour), await listening(net, net.director)];
    ear.heed(MANY);
    const heard = new Map<string, number>();
    ear.listen(({ address }) => heard.set(address, performance.now()));
    const announcer = new Announcer(mouth, () => undefined, PERIOD_MS);
    const began = performance.now();
    announcer.keep(MANY, 'eth0');
    await expect.poll(() => heard.size, { timeout: 4_000, interval: 20 }).toBe(MANY.length);
    expect(performance.now() - began).toBeLessThan(1.5 * PERIOD_MS);
    const slots = Array.from({ length: 10 }, () => 0);
    for (const at of heard.values()) {
      const slot = Math.min(9, Math.floor((10 * (at - began)) / PERIOD_MS));
      slots[slot] = (slots[slot] ?? 0) + 1;
    }
    expect(Math.max(...slots), 'no more than twice its share in a tenth of it').toBeLessThan(
      MANY.length / 5 + 200,
    );
    announcer.stop();
    await Promise.all([ear.stop(), mouth.stop()]);
  });
});

describe('a flood of ARP', () => {
  it.each([
    ['about others', '10.8.0.1', 0],
    // frames.pl passes so many on in a second of the clock.
    ['in the name of a VIP', VIP4, 5_000],
  ])('%s keeps nobody from taking a VIP, and reaches the engine bounded', async (_, sender, mostASecond) => {
    await net.restart([web], { voice: true, claimTimes: CLAIM_TIMES });
    await expect.poll(addresses, { timeout: 5_000, interval: 20 }).toContain(VIP4);
    const flood = stranger.spawn(['perl', '-e', FLOOD, `${await indexOf(stranger)}`, sender], {
      stdio: 'ignore',
    });
    try {
      await sleep(300);
      const began = performance.now();
      const sentBefore = await framesSentBy(stranger);
      let heard = 0;
      net.wire.listen(({ address }) => (heard += address === sender ? 1 : 0));
      const other = service(9, { address: '192.0.2.209', servers: entries(9, 4, [1, 1]), slots: 8 });
      await net.put(other);
      const { conditions } = await net.engine.describe();
      expect(conditions).toContainEqual(expect.objectContaining({ type: 'VipsHeld', status: 'True' }));
      expect(await addresses()).toContain('192.0.2.209');
      expect(performance.now() - began).toBeLessThan(2_000);
      await sleep(1_000);
      const seconds = Math.ceil((performance.now() - began) / 1_000) + 1;
      expect(heard).toBeLessThanOrEqual(mostASecond * seconds);
      expect(await framesSentBy(stranger), 'it was a flood').toBeGreaterThan(sentBefore + 5_000 * seconds);
    } finally {
      await stopProcess(flood);
    }
  });
});

async function addresses(): Promise<string> {
  return net.director.exec(['ip', 'address', 'show', 'dev', 'eth0']);
}
