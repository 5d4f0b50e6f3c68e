import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Document, ServiceDocument, SilenceProbe } from '../../contract/documents.js';
import { sampleServiceDocument } from '../../contract/sample-service-document.fake.js';
import { Segments } from '../../forwarding/segments.js';
import { FakeWire } from '../wire/wire.fake.js';
import { SilenceProber } from './silence-prober.js';

const WAIT_MS = 3;
const SEGMENTS = new Segments([
  {
    name: 'eth0',
    mac: '02:00:00:00:00:aa',
    loopback: false,
    addresses: [
      { address: '192.0.2.2', prefixLength: 24 },
      { address: '2001:db8::2', prefixLength: 64 },
    ],
  },
]);

let prober: SilenceProber;
let segment: FakeWire;
let told = 0;

function start(intervalMs = 60_000): void {
  segment = new FakeWire();
  segment.owners.set('192.0.2.11', ['02:00:00:00:00:b1']);
  told = 0;
  prober = new SilenceProber(segment, () => told++, intervalMs, WAIT_MS);
  prober.standOn({ segments: SEGMENTS, vipDevice: 'eth0' });
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  const stopped = prober.stop();
  await after(10 * WAIT_MS);
  await stopped;
  vi.useRealTimers();
});

const after = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
/** All that is asked at a time was found out. */
const soon = () => after(4 * WAIT_MS);

function service(
  silenceProbes: readonly SilenceProbe[],
  changes: Partial<ServiceDocument> = {},
): Document<ServiceDocument> {
  const body = sampleServiceDocument({
    servers: [],
    ...(silenceProbes.length > 0 && { silenceProbes }),
    ...changes,
  });
  return { key: `${body.number}`, version: 1, revision: 1, body };
}

const PROBE = { number: 7, address: '192.0.2.11', asked: 1 };
/** What was asked, each once. */
const questions = () =>
  [...new Set(segment.asked.map(({ device, address, from }) => `${address} by ${from} on ${device}`))].sort();
const verdicts = () => prober.facts().map(({ silent }) => silent);

describe('a server without an agent', () => {
  it('is asked about at once, in the name of the director, and told of when something is found out', async () => {
    start();
    prober.watch([service([PROBE])]);
    expect(prober.facts()).toMatchObject([{ number: 7, asked: 1, silent: null }]);
    await soon();
    expect(verdicts()).toEqual([true]);
    expect(told).toBe(1);
    expect(questions()).toEqual(['192.0.2.11 by 192.0.2.2 on eth0', '192.0.2.200 by 192.0.2.2 on eth0']);
    expect(segment.asked, 'each twice').toHaveLength(4);
    expect(segment.heeds, 'nothing is heeded any more').toBe(0);
  });

  it('is asked about by neighbour solicitation where it has an IPv6 address', async () => {
    start();
    segment.owners.set('2001:db8::11', ['02:00:00:00:00:b1']);
    segment.owners.set('2001:db8::200', ['02:00:00:00:00:b1', '02:00:00:00:00:b2']);
    prober.watch([service([{ ...PROBE, address: '2001:db8::11' }], { address: '2001:db8::200' })]);
    await soon();
    expect(verdicts()).toEqual([false]);
    expect(questions()).toEqual([
      '2001:db8::11 by 2001:db8::2 on eth0',
      '2001:db8::200 by 2001:db8::2 on eth0',
    ]);
  });

  it('is asked about again and again, and of what stays so nobody is told', async () => {
    start(20);
    prober.watch([service([PROBE])]);
    await after(60);
    expect(segment.asked.length).toBeGreaterThan(6);
    expect(told).toBe(1);
    segment.owners.set('192.0.2.200', ['02:00:00:00:00:b1']);
    await after(60);
    expect(verdicts()).toEqual([false]);
  });

  it('keeps what was found out while its document changes otherwise, and not when another proof is asked for', async () => {
    start();
    prober.watch([service([PROBE])]);
    await soon();
    expect(verdicts()).toEqual([true]);
    const asked = segment.asked.length;
    prober.watch([service([PROBE], { servers: [{ number: 7, address: '192.0.2.11', weight: 5 }] })]);
    await after(10);
    expect([verdicts(), segment.asked.length]).toEqual([[true], asked]);
    prober.watch([service([{ ...PROBE, asked: 2 }])]);
    expect(verdicts(), 'nothing that was asked before counts').toEqual([null]);
    await soon();
    expect(verdicts()).toEqual([true]);
  });

  it('is asked for its VIP where the clients are, too, and an answer there counts', async () => {
    start();
    const card = { mac: '02:00:00:00:00:aa', loopback: false };
    const inner = { ...card, name: 'eth0', addresses: [{ address: '192.0.2.2', prefixLength: 24 }] };
    const outer = { ...card, name: 'eth1', addresses: [{ address: '203.0.113.2', prefixLength: 24 }] };
    prober.standOn({ segments: new Segments([inner, outer]), vipDevice: 'eth0' });
    segment.owners.set('203.0.113.200', ['02:00:00:00:00:c1']);
    prober.watch([service([PROBE], { address: '203.0.113.200' })]);
    await soon();
    expect(prober.facts()).toMatchObject([{ strangers: ['02:00:00:00:00:c1'] }]);
    expect(questions()).toEqual([
      '192.0.2.11 by 192.0.2.2 on eth0',
      '203.0.113.200 by 192.0.2.2 on eth0',
      '203.0.113.200 by 203.0.113.2 on eth1',
    ]);
  });

  it('is forgotten with its document', async () => {
    start();
    const [one, other] = [service([PROBE]), service([{ ...PROBE, number: 8 }], { number: 2 })];
    prober.watch([one, other]);
    prober.watch([{ ...one, body: null }]);
    expect(prober.facts().map(({ number }) => number)).toEqual([8]);
    prober.watchOnly(new Map([['1', one]]));
    expect(prober.facts().map(({ number }) => number)).toEqual([7]);
  });

  it.each([
    ['anywhere', () => segment.become(false, 'no such right')],
    ['on its interface', () => void segment.troubles.set('eth0', 'no such right')],
  ])('is not called silent because nothing can be asked %s', async (_, spoil) => {
    start();
    spoil();
    prober.watch([service([PROBE])]);
    await soon();
    expect(prober.facts()[0]?.message).toContain('no such right');
    expect(prober.facts()).toMatchObject([{ silent: null, reason: 'CannotAsk' }]);
  });

  it('on no segment of the director is told as such', async () => {
    start();
    prober.watch([service([{ ...PROBE, address: '198.51.100.9' }])]);
    await soon();
    expect(prober.facts()[0]?.onSegment).toBe(false);
    expect(segment.asked).toEqual([]);
  });
});

describe('many of them', () => {
  it('share the questions for a VIP and a host, and no more than 64 are asked about at a time', async () => {
    start();
    const shared = Array.from({ length: 10 }, (_, index) =>
      service([{ ...PROBE, number: index + 1 }], { number: index + 1, port: index + 1 }),
    );
    prober.watch(shared);
    await soon();
    expect(verdicts()).toEqual(shared.map(() => true));
    expect(questions()).toHaveLength(2);

    const apart = Array.from({ length: 100 }, (_, index) =>
      service([{ ...PROBE, number: index + 1, asked: 2 }], {
        number: index + 1,
        address: `192.0.2.${100 + index}`,
      }),
    );
    prober.watchOnly(new Map(apart.map((each) => [each.key, each])));
    await after(40 * WAIT_MS);
    expect(verdicts()).toEqual(apart.map(() => true));
    expect(segment.mostHeeds).toBeGreaterThan(32);
    expect(segment.mostHeeds, 'the host is shared').toBeLessThanOrEqual(65);
  });

  it('cost nothing where there are none', async () => {
    start(1);
    prober.watch([service([])]);
    await after(10);
    expect([segment.asked, prober.strangers(), prober.facts()]).toEqual([[], [], []]);
  });
});

describe('a stranger that answers for a VIP', () => {
  it('is told of by its Ethernet address, and a host that is asked about is none', async () => {
    start();
    segment.owners.set('192.0.2.200', ['02:00:00:00:00:b1', '02:00:00:00:00:ee']);
    prober.watch([service([PROBE])]);
    await soon();
    expect(verdicts()).toEqual([false]);
    expect(prober.strangers()).toEqual(['192.0.2.200 by 02:00:00:00:00:ee']);
    expect(prober.facts()).toMatchObject([{ strangers: ['02:00:00:00:00:ee'] }]);
  });
});
