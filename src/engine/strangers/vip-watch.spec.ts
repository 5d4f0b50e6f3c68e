import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Announcer } from '../network/announcer.js';
import { FakeWire } from '../wire/wire.fake.js';
import { VipWatch } from './vip-watch.js';

const VIP = '192.0.2.200';
const STRANGER = '02:00:00:00:00:ee';
const FELLOW = '02:00:00:00:00:ff';
const LOWER = '02:00:00:00:00:01';
let wire: FakeWire;
let announcer: Announcer;
let watch: VipWatch;
let met: string[];

beforeEach(() => {
  vi.useFakeTimers();
  wire = new FakeWire();
  met = [];
  announcer = new Announcer(wire, () => undefined, 60_000);
  const onStranger = (vip: string, mac: string): void => void met.push(`${vip} ${mac}`);
  watch = new VipWatch({ wire, announcer, nameFor: () => '192.0.2.2', onStranger }, 50);
  announcer.keep([VIP], 'eth0');
});
afterEach(() => {
  watch.stop();
  announcer.stop();
  vi.useRealTimers();
});

describe('who speaks in the name of a VIP', () => {
  it('is counted, told of once, and gainsaid at once, but not at every word', () => {
    for (let times = 0; times < 5; times++) wire.hear(VIP, STRANGER);
    expect(watch.strangers()).toEqual([{ vip: VIP, mac: STRANGER, count: 5 }]);
    expect(met).toEqual([`${VIP} ${STRANGER}`]);
    expect(wire.announced).toEqual([VIP]);
  });

  it('is found by asking, in the name of the director', async () => {
    wire.owners.set(VIP, [STRANGER]);
    watch.watch([VIP]);
    await vi.advanceTimersByTimeAsync(60);
    expect(watch.strangers()).toHaveLength(1);
    expect(wire.asked[0]).toEqual({ device: 'eth0', address: VIP, from: '192.0.2.2' });
  });

  it('is no stranger when it is a fellow, whom nobody contradicts', () => {
    wire.fellows.add(FELLOW);
    wire.hear(VIP, FELLOW);
    expect([watch.strangers(), wire.announced, met]).toEqual([[], [], []]);
  });

  it('is absolved when it turns out to be a fellow', () => {
    wire.hear(VIP, FELLOW);
    expect(watch.strangers()).toHaveLength(1);
    wire.fellows.add(FELLOW);
    // In its own name, for what it asks.
    wire.hear('192.0.2.3', FELLOW);
    expect(watch.strangers()).toEqual([]);
  });

  it('of one that is not held here is none of ours', async () => {
    announcer.withdraw([VIP]);
    wire.hear(VIP, STRANGER);
    await vi.advanceTimersByTimeAsync(1);
    expect([watch.strangers(), wire.announced]).toEqual([[], []]);
  });

  it('cannot make us talk without end, whatever it makes up', () => {
    const many = Array.from(
      { length: 1_000 },
      (_, index) => `198.51.${Math.floor(index / 250)}.${index % 250}`,
    );
    announcer.keep(many, 'eth0');
    for (const vip of many) for (let host = 0; host < 3; host++) wire.hear(vip, `02:00:00:00:01:0${host}`);
    expect(wire.announced.length).toBeLessThanOrEqual(200);
    expect(met.length, 'each is a line of the log, and a report').toBeLessThanOrEqual(20);
    expect(met.length).toBeGreaterThan(0);
    expect(watch.strangers().length).toBeLessThanOrEqual(1_000);
  });
});

describe('a fellow that is about to take a VIP', () => {
  const probe = (mac: string) => wire.hear(VIP, mac, 'eth0', { means: 'probes' });

  it('is shown who holds it, for so it knows us, and no client hears of it', () => {
    for (const each of [FELLOW, LOWER]) wire.fellows.add(each);
    for (const each of [FELLOW, LOWER, FELLOW]) probe(each);
    expect(wire.toldAlone, 'each once').toEqual([`${VIP} to ${FELLOW}`, `${VIP} to ${LOWER}`]);
    expect(wire.announced).toEqual([]);
  });

  it('is gainsaid before all when it is none', () => {
    probe(STRANGER);
    expect([wire.announced, wire.toldAlone]).toEqual([[VIP], []]);
  });
});

it('the fellow that repeats a VIP gainsays strangers, and this director when that one is heard no more', async () => {
  wire.fellows.add(LOWER);
  wire.hear(VIP, LOWER);
  wire.hear(VIP, STRANGER);
  expect(wire.announced).toEqual([]);
  expect(met, 'told all the same').toEqual([`${VIP} ${STRANGER}`]);
  await vi.advanceTimersByTimeAsync(26_000);
  wire.hear(VIP, STRANGER);
  expect(wire.announced).toEqual([VIP]);
});
