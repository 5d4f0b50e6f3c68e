import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServiceDocument } from '../contract/documents.js';
import { sampleServiceDocument } from '../contract/sample-service-document.fake.js';
import { slotOf } from '../engine/drivers/nftables/kernel-keys.js';
import { foretellFlows } from './foretell-flows.js';
import { slotsOf } from './slots-of.js';

const SEED = 0x5eed;
const entry = (number: number, weight = 1000) => ({ number, address: `192.0.2.${number}`, weight });
const web = sampleServiceDocument({ slots: 64, servers: [entry(11), entry(12)] });

function foretold(
  before: ServiceDocument | null,
  after: ServiceDocument | null,
  settled: ServiceDocument | null = after,
) {
  return foretellFlows({ before, after, settled }, [], SEED);
}

const clients = Array.from({ length: 2_000 }, (_, at) => ({
  source: `198.51.${at % 251}.${(at * 7) % 256}`,
  sourcePort: 1024 + ((at * 7919) % 60_000),
}));

/** Of each client. */
function serversFor(body: ServiceDocument): readonly number[] {
  const table = slotsOf(body, body.servers, SEED);
  return clients.map((client) => table[slotOf(client, body, SEED) ?? 0] ?? 0);
}

/** By sending each of many clients to both. */
function counted(before: ServiceDocument, after: ServiceDocument): readonly [number, number | null] {
  const next = serversFor(after);
  const pairs = serversFor(before).map((old, at) => [old, next[at]] as const);
  const takers = new Set(slotsOf(after, after.servers, SEED));
  const staying = pairs.filter(([old]) => takers.has(old));
  const part = (all: typeof pairs) => all.filter(([old, next]) => old !== next).length / all.length;
  return [part(pairs), staying.length === 0 ? null : part(staying)];
}

const documents = fc
  .record({
    scheduler: fc.constantFrom('maglev' as const, 'source-hash' as const),
    prefixLength: fc.constantFrom(undefined, 24, 32),
    slots: fc.integer({ min: 0, max: 8 }).map((power) => 2 ** power),
    weights: fc
      .array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 5 })
      .filter((all) => all.some((weight) => weight > 0)),
  })
  .map(({ scheduler, prefixLength, slots, weights }) =>
    sampleServiceDocument({
      scheduler,
      slots,
      servers: weights.map((weight, at) => entry(11 + at, weight)),
      ...(prefixLength !== undefined && { persistence: { timeoutSeconds: 60, prefixLength } }),
    }),
  );

describe('the part of new connections that moves', () => {
  it('is that of clients that are sent to both, for any two documents', () => {
    fc.assert(
      fc.property(documents, documents, (before, after) => {
        const { placement } = foretold(before, after);
        const [all, staying] = counted(before, after);
        expect(Math.abs((placement?.moved ?? -1) - all)).toBeLessThan(0.08);
        if (staying === null) expect(placement?.movedOfStaying).toBeNull();
        // A small part of the clients tells less.
        else if (placement?.by === 'slots') {
          expect(Math.abs((placement.movedOfStaying ?? -1) - staying)).toBeLessThan(0.12);
        }
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  it('is nothing where the same servers stay', () => {
    expect(foretold(web, web).placement).toEqual({ moved: 0, movedOfStaying: 0, by: 'slots' });
  });

  it('is the share of the server that leaves, and hardly any of the others', () => {
    const three = { ...web, servers: [entry(11), entry(12), entry(13)] };
    const { placement } = foretold(three, web);
    expect(placement?.moved).toBeGreaterThanOrEqual(21 / 64);
    expect(placement?.movedOfStaying).toBeLessThan(0.1);
  });

  it('is told by shares where another part of the address is hashed', () => {
    const { placement } = foretold(web, { ...web, scheduler: 'source-hash' });
    expect(placement).toEqual({ moved: 0.5, movedOfStaying: 0.5, by: 'shares' });
  });

  it('of servers in turns is what the shares lose', () => {
    const turns = { ...web, scheduler: 'round-robin' as const };
    expect(foretold(turns, { ...turns, servers: [entry(11), entry(12, 3000)] }).placement).toEqual({
      moved: 0.25,
      movedOfStaying: 0.25,
      by: 'turns',
    });
  });

  it('is all of them where nobody takes them any more, or the address is another', () => {
    const all = { moved: 1, movedOfStaying: null, by: 'slots' };
    expect(foretold(web, null).placement).toEqual(all);
    expect(foretold(web, { ...web, address: '192.0.2.201' }).placement).toEqual(all);
  });

  it('is not told where nobody was served', () => {
    expect(foretold(null, web).placement).toBeNull();
    expect(foretold({ ...web, servers: [entry(11, 0)] }, web).placement).toBeNull();
  });

  it('counts a server out that a director finds unhealthy', () => {
    const healthCheck = {
      type: 'tcp',
      port: 80,
      intervalMs: 1000,
      timeoutMs: 500,
      rise: 1,
      fall: 1,
    } as const;
    const checked = { ...web, healthCheck };
    const change = { before: checked, after: { ...checked, servers: [entry(11)] }, settled: null };
    const said = new Map([[12, { healthy: false, reason: 'NoAnswer' }]]);
    const settled = change.after;
    expect(foretellFlows({ ...change, settled }, [said, new Map()], SEED).placement?.moved).toBe(0);
    expect(foretellFlows({ ...change, settled }, [], SEED).placement?.moved).toBeGreaterThan(0.4);
  });
});

describe('flows that are established', () => {
  it('stay, whatever the slots say', () => {
    const { placement, fates } = foretold(web, { ...web, scheduler: 'source-hash', slots: 8 });
    expect(placement?.moved).toBeGreaterThan(0);
    expect(fates).toEqual({ drained: [], broken: [], remembered: true });
  });

  it('of a server that drains go on until the drain ends', () => {
    const draining = { ...web, servers: [entry(11), entry(12, 0)] };
    expect(foretold(web, draining, { ...web, servers: [entry(11)] }).fates.drained).toEqual([12]);
  });

  it('of a server that stays without new flows go on', () => {
    const quiet = { ...web, servers: [entry(11), entry(12, 0)] };
    expect(foretold(web, quiet).fates).toEqual({ drained: [], broken: [], remembered: true });
  });

  it('of a server that leaves at once are broken', () => {
    expect(foretold(web, { ...web, servers: [entry(11)] }).fates.broken).toEqual([12]);
    expect(foretold(web, null).fates.broken).toEqual([11, 12]);
  });

  it('of a VIP that is another are broken', () => {
    expect(foretold(web, { ...web, address: '192.0.2.201' }).fates.broken).toEqual([11, 12]);
  });

  it('go on over another port with TCP, and not with UDP', () => {
    const moved = { port: 81, endPort: 81 };
    expect(foretold(web, { ...web, ...moved }).fates.broken).toEqual([]);
    const dns = { ...web, protocol: 'udp' as const };
    expect(foretold(dns, { ...dns, ...moved }).fates.broken).toEqual([11, 12]);
  });

  it('are not known where none is remembered', () => {
    const stateless = { ...web, flowAffinity: false as const };
    expect(foretold(stateless, null).fates).toEqual({ drained: [], broken: [], remembered: false });
    expect(foretold(web, stateless).fates.remembered).toBe(false);
  });
});
