import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeWire } from '../wire/wire.fake.js';
import { Claims } from './claims.js';

const VIP = '192.0.2.200';
const OTHER = '192.0.2.201';
const STRANGER = '02:00:00:00:00:ee';
const FELLOW = '02:00:00:00:00:ab';
let wire: FakeWire;
let claims: Claims;
let settled: string[][];

beforeEach(() => {
  vi.useFakeTimers();
  wire = new FakeWire();
  settled = [];
  const onSettled = (vips: readonly string[]): Promise<void> => {
    settled.push([...vips]);
    return Promise.resolve();
  };
  claims = new Claims(wire, onSettled, { waitMs: 5, againMs: 40 });
});
afterEach(() => {
  claims.stop();
  vi.useRealTimers();
});

const after = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

/** Until all that is asked about now is settled. */
async function settle(): Promise<void> {
  let over = false;
  void claims.settled().then(() => (over = true));
  while (!over) await after(1);
}

describe('a VIP', () => {
  it('that nobody answers for is asked about twice in nobody’s name, and then free', async () => {
    expect(claims.free([VIP], 'eth0')).toEqual([]);
    expect([claims.asked, claims.withholds(VIP)]).toEqual([[VIP], true]);
    await settle();
    expect(wire.asked).toEqual([
      { device: 'eth0', address: VIP },
      { device: 'eth0', address: VIP },
    ]);
    expect(settled).toEqual([[VIP]]);
    expect(claims.free([VIP], 'eth0')).toEqual([VIP]);
    claims.took([VIP]);
    expect(wire.heeds).toBe(0);
  });

  it('that somebody answers for stays his, and is free once he is gone', async () => {
    wire.owners.set(VIP, [STRANGER]);
    claims.free([VIP, OTHER], 'eth0');
    await settle();
    expect(claims.free([VIP, OTHER], 'eth0')).toEqual([OTHER]);
    expect([claims.ownersOf(VIP), claims.contested]).toEqual([[STRANGER], [VIP]]);
    await after(120);
    expect(settled, 'nobody is told what stays so').toHaveLength(1);
    expect(claims.ownersOf(VIP), 'not forgotten while it is asked again').toEqual([STRANGER]);
    wire.owners.delete(VIP);
    await after(60);
    expect(claims.free([VIP], 'eth0')).toEqual([VIP]);
    expect(settled.at(-1)).toEqual([VIP]);
  });

  it('that another director of the cluster holds is free, also where it is known for one only after its answer', async () => {
    wire.owners.set(VIP, [FELLOW]);
    claims.free([VIP], 'eth0');
    await after(5);
    wire.fellows.add(FELLOW);
    await settle();
    expect(claims.free([VIP], 'eth0')).toEqual([VIP]);
  });

  it('that was held before is not asked about', () => {
    claims.took([VIP]);
    expect(claims.free([VIP], 'eth0')).toEqual([VIP]);
    claims.forget([VIP]);
    expect(claims.free([VIP], 'eth0')).toEqual([]);
  });

  it('is free where nothing can be asked, and one that somebody has stays his', async () => {
    wire.owners.set(VIP, [STRANGER]);
    claims.free([VIP], 'eth0');
    await settle();
    wire.become(false, 'no such right');
    expect(claims.free([OTHER], 'eth0')).toEqual([OTHER]);
    await after(80);
    expect(claims.ownersOf(VIP)).toEqual([STRANGER]);
    expect(claims.free([VIP], 'eth0')).toEqual([]);
  });

  it('is asked about while nothing can be sent on another interface, and free where nothing can be on its own', async () => {
    wire.owners.set(VIP, [STRANGER]);
    wire.troubles.set('eth1', 'Network is down');
    expect(claims.free([VIP], 'eth0')).toEqual([]);
    expect(claims.free([OTHER], 'eth1')).toEqual([OTHER]);
    await settle();
    wire.troubles.set('eth0', 'Network is down');
    await after(80);
    expect(claims.ownersOf(VIP), 'nothing was found out since').toEqual([STRANGER]);
  });

  it('is asked about anew on another segment, and an answer counts on its own alone', async () => {
    wire.owners.set(VIP, [STRANGER]);
    claims.free([VIP], 'eth0');
    await settle();
    expect(claims.free([VIP], 'eth1')).toEqual([]);
    wire.reaches = ({ device }) => device === 'eth0';
    wire.hear(VIP, STRANGER, 'eth0');
    await settle();
    expect(claims.free([VIP], 'eth1')).toEqual([VIP]);
  });

  it('has no more owners than can be told of, whatever somebody makes up', async () => {
    wire.owners.set(
      VIP,
      Array.from({ length: 500 }, (_, host) => `02:00:00:00:${100 + host}`),
    );
    claims.free([VIP], 'eth0');
    await settle();
    expect(claims.ownersOf(VIP)).toHaveLength(64);
  });

  it('that nobody wants any more is told of no more, and not heeded', async () => {
    claims.free([VIP, OTHER], 'eth0');
    claims.forgetBut(new Set([OTHER]));
    await settle();
    expect(settled).toEqual([[OTHER]]);
    expect(wire.heeds).toBe(1);
  });
});

it('many are asked about at a bounded rate, and the first do not wait for the last', async () => {
  const many = Array.from(
    { length: 1_200 },
    (_, index) => `198.51.${100 + Math.floor(index / 200)}.${index % 200}`,
  );
  claims.free(many, 'eth0');
  await after(8);
  expect(wire.asked.length).toBeLessThanOrEqual(200);
  while (settled.length === 0) await after(1);
  expect(settled[0]).toEqual(many.slice(0, 500));
  expect(claims.asked).toHaveLength(700);
  await settle();
  expect(claims.free(many, 'eth0')).toEqual(many);
});
