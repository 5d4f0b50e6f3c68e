import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentDigest } from '../contract/digest.js';
import type { ServiceDocument } from '../contract/documents.js';
import type { RealServer } from '../domain/real-server.js';
import { sampleServer, sampleService } from '../domain/sample-service.fake.js';
import { serviceDocument, type Drain } from './service-document.js';

const BOTH = new Set([11, 12]);

describe("a director's document for a service", () => {
  it('names the admitted servers with their weights, in the order of their numbers', () => {
    const realServers = [sampleServer({ number: 12, weight: 500 }), sampleServer({ number: 11 })];
    expect(serviceDocument(sampleService({ realServers }), BOTH, [])).toEqual({
      kind: 'service',
      number: 1,
      address: '192.0.2.200',
      protocol: 'tcp',
      port: 80,
      endPort: 80,
      scheduler: 'maglev',
      slots: 16,
      servers: [
        { number: 11, address: '192.0.2.11', weight: 1000 },
        { number: 12, address: '192.0.2.12', weight: 500 },
      ],
    });
  });

  it('carries a range of ports, IPv6 and the scheduler', () => {
    const service = sampleService({
      address: '2001:db8::200',
      protocol: 'udp',
      endPort: 90,
      scheduler: 'source-hash',
      realServers: [sampleServer({ number: 11, address: '2001:db8::11' })],
    });
    expect(serviceDocument(service, BOTH, [])).toEqual({
      kind: 'service',
      number: 1,
      address: '2001:db8::200',
      protocol: 'udp',
      port: 80,
      endPort: 90,
      scheduler: 'source-hash',
      slots: 1,
      servers: [{ number: 11, address: '2001:db8::11', weight: 1000 }],
    });
  });

  it('carries round-robin, and persistence where there is any', () => {
    const persistence = { type: 'source-ip', timeoutSeconds: 60, prefixLength: 24 } as const;
    const service = sampleService({ scheduler: 'round-robin', persistence });
    expect(serviceDocument(service, BOTH, [])).toMatchObject({
      scheduler: 'round-robin',
      persistence: { timeoutSeconds: 60, prefixLength: 24 },
    });
    expect(serviceDocument(sampleService(), BOTH, [])).not.toHaveProperty('persistence');
  });

  it('says that no flow is remembered where that is so, and nothing of it elsewhere', () => {
    const stateless = sampleService({ flowAffinity: false });
    expect(serviceDocument(stateless, BOTH, [])).toMatchObject({ flowAffinity: false });
    expect(serviceDocument(sampleService(), BOTH, [])).not.toHaveProperty('flowAffinity');
  });

  it('keeps a draining server without a share, also when it is gone from the service', () => {
    const service = sampleService({ realServers: [sampleServer({ number: 11 })] });
    const document = serviceDocument(service, BOTH, [{ number: 12, address: '192.0.2.12' }]);
    expect(document?.servers[1]).toEqual({ number: 12, address: '192.0.2.12', weight: 0 });
  });

  it('keeps the number of slots while a server drains', () => {
    const enabled = Array.from({ length: 4 }, (_, index) => sampleServer({ number: 11 + index }));
    const draining = enabled.map((server) => ({ ...server, enabled: server.number !== 11 }));
    const numbers = new Set(enabled.map(({ number }) => number));
    const before = serviceDocument(sampleService({ realServers: enabled }), numbers, []);
    const after = serviceDocument(sampleService({ realServers: draining }), numbers, [
      { number: 11, address: '192.0.2.11' },
    ]);
    expect(after?.slots).toBe(before?.slots);
    expect(after?.servers[0]).toMatchObject({ number: 11, weight: 0 });
  });

  it('gives a server that was enabled again its weight, though its drain has not ended', () => {
    const document = serviceDocument(sampleService(), BOTH, [{ number: 11, address: '192.0.2.11' }]);
    expect(document?.servers).toMatchObject([{ weight: 1000 }, { weight: 1000 }]);
  });

  it('drops a drain of the other address family', () => {
    const document = serviceDocument(sampleService(), BOTH, [{ number: 13, address: '2001:db8::13' }]);
    expect(document?.servers.map(({ number }) => number)).toEqual([11, 12]);
  });
});

describe('no director knows a service', () => {
  it.each([
    ['that is disabled', sampleService({ enabled: false }), BOTH],
    ['whose servers proved nothing', sampleService(), new Set<number>()],
    ['without servers', sampleService({ realServers: [] }), BOTH],
    ['not forced to layer 4', sampleService({ forceL4: false }), BOTH],
  ])('%s', (_sentence, service, admitted) => {
    expect(serviceDocument(service, admitted, [])).toBeNull();
  });

  it('but one whose only server drains is still known', () => {
    const service = sampleService({ realServers: [] });
    expect(serviceDocument(service, BOTH, [{ number: 11, address: '192.0.2.11' }])).not.toBeNull();
  });
});

const SERVERS = fc
  .uniqueArray(fc.integer({ min: 1, max: 250 }), { maxLength: 12 })
  .chain((numbers) => fc.tuple(...numbers.map(serverOf)));
const NUMBERS = fc.uniqueArray(fc.integer({ min: 1, max: 250 }), { maxLength: 200 });
const DRAINS = fc
  .uniqueArray(fc.integer({ min: 1, max: 250 }), { maxLength: 5 })
  .map((numbers): Drain[] => numbers.map((number) => ({ number, address: `198.51.100.${number}` })));

function serverOf(number: number): fc.Arbitrary<RealServer> {
  const parts = fc.record({
    enabled: fc.boolean(),
    weight: fc.constantFrom(0, 1, 1000, 65_535),
    forwardingMethod: fc.constantFrom('direct-return', 'nat'),
  });
  return parts.map((some) => sampleServer({ ...some, number, address: `198.51.100.${number}` }));
}

describe('whatever the service', () => {
  it('the order of servers and drains does not matter', () => {
    fc.assert(
      fc.property(SERVERS, NUMBERS, DRAINS, fc.infiniteStream(fc.nat()), (servers, numbers, drains, dice) => {
        const shuffled = servers
          .map((server) => ({ server, at: dice.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ server }) => server);
        const one = serviceDocument(sampleService({ realServers: servers }), new Set(numbers), drains);
        const other = serviceDocument(
          sampleService({ realServers: shuffled }),
          new Set(numbers.toReversed()),
          drains.toReversed(),
        );
        expect(digestOf(other)).toBe(digestOf(one));
      }),
    );
  });

  it('names a server only if it is admitted, enabled and returns directly, or drains', () => {
    fc.assert(
      fc.property(SERVERS, NUMBERS, DRAINS, (servers, numbers, drains) => {
        const admitted = new Set(numbers);
        const document = serviceDocument(sampleService({ realServers: servers }), admitted, drains);
        const due = servers.filter(
          ({ number, enabled, forwardingMethod }) =>
            admitted.has(number) && enabled && forwardingMethod === 'direct-return',
        );
        const wanted = new Map(drains.map(({ number }) => [number, 0]));
        for (const { number, weight } of due) wanted.set(number, weight);
        const named = (document?.servers ?? []).map(({ number, weight }) => [number, weight] as const);
        expect(new Map(named)).toEqual(wanted);
        expect(named.map(([number]) => number)).toEqual([...wanted.keys()].sort((a, b) => a - b));
      }),
    );
  });
});

function digestOf(document: ServiceDocument | null): string | null {
  return document === null ? null : documentDigest('key', document);
}
