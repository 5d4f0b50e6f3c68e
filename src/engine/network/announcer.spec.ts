import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeWire } from '../wire/wire.fake.js';
import { Announcer } from './announcer.js';

const MANY = Array.from({ length: 100 }, (_, index) => `192.0.2.${101 + index}`);
const PERIOD_MS = 400;
let wire: FakeWire;
let announcer: Announcer;

beforeEach(() => {
  vi.useFakeTimers();
  wire = new FakeWire();
  announcer = new Announcer(wire, () => undefined, PERIOD_MS);
});

afterEach(() => {
  announcer.stop();
  vi.useRealTimers();
});

const after = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

/** How often each VIP was announced. */
function times(): readonly number[] {
  const counts = new Map<string, number>();
  for (const vip of wire.announced) counts.set(vip, (counts.get(vip) ?? 0) + 1);
  return [...counts.values()];
}

describe('the announcer', () => {
  it('announces what was taken at once, IPv6 too, and leaves the rest when it is stopped', async () => {
    announcer.announce([...MANY, '2001:db8::1'], 'eth0');
    await after(1);
    expect(wire.announced.length).toBeGreaterThan(0);
    announcer.stop();
    expect(announcer.pending).toBe(0);
    const atEnd = wire.announced.length;
    expect(atEnd).toBeLessThan(MANY.length);
    announcer.announce(['192.0.2.99'], 'eth0');
    await after(50);
    expect(wire.announced).toHaveLength(atEnd);
  });

  it('does not announce what was withdrawn while it waited, and heeds nothing of it any more', async () => {
    announcer.announce(MANY, 'eth0');
    announcer.withdraw(MANY.slice(50));
    await after(60);
    expect(announcer.pending).toBe(0);
    expect(new Set(wire.announced)).toEqual(new Set(MANY.slice(0, 50)));
    expect(wire.heeds).toBe(50);
    announcer.withdraw(MANY);
    expect(wire.heeds).toBe(0);
  });

  it('repeats each once in a period, and never all of them at once', async () => {
    announcer.keep(MANY, 'eth0');
    let most = 0;
    let before = 0;
    const began = performance.now();
    while (performance.now() - began < 3 * PERIOD_MS) {
      await after(20);
      most = Math.max(most, wire.announced.length - before);
      before = wire.announced.length;
    }
    expect(times()).toHaveLength(MANY.length);
    expect(Math.max(...times()) - Math.min(...times()), 'nobody is passed over').toBeLessThanOrEqual(1);
    expect(wire.announced.length).toBeGreaterThan(1.5 * MANY.length);
    expect(most).toBeLessThan(MANY.length / 2);
  });

  it('tells that nothing can be said, and says it when it can', async () => {
    wire.become(false, 'no such right');
    announcer.announce(MANY, 'eth0');
    await after(50);
    expect(announcer.pending).toBe(MANY.length);
    expect(announcer.trouble).toContain('no such right');
    wire.become(true);
    await after(60);
    expect(announcer.pending).toBe(0);
    expect(announcer.trouble).toBeUndefined();
    expect(new Set(wire.announced)).toEqual(new Set(MANY));
  });

  it('tells of the interface on which nothing can be said, if a VIP is announced there', () => {
    announcer.keep(['192.0.2.101'], 'eth0');
    wire.troubles.set('eth1', 'Network is down');
    expect(announcer.trouble).toBeUndefined();
    wire.troubles.set('eth0', 'Network is down');
    expect(announcer.trouble).toContain('eth0: Network is down');
  });

  it.each([
    ['leaves it to a fellow with a lower Ethernet address to repeat a VIP', '02:00:00:00:00:01', false],
    ['repeats it beside a fellow with a higher one', '02:00:00:00:00:ff', true],
  ])('%s', async (_, mac, repeats) => {
    wire.fellows.add(mac);
    announcer.keep(['192.0.2.101'], 'eth0');
    wire.hear('192.0.2.101', mac);
    await after(2 * PERIOD_MS);
    expect(wire.announced.length > 0).toBe(repeats);
  });
});
