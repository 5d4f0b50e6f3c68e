import { describe, expect, it } from 'vitest';
import {
  ABLE,
  manyServers,
  quietSurroundings,
  sampleServer,
  sampleService,
  withServers,
} from '../sample-service.fake.js';
import { ALL_RULES, brokenRules } from './all-rules.js';
import { agent, attestation, neighbour, REFUSED_CHANGES } from './refused-changes.fake.js';
import type { RefusedChange } from './refused-change.fake.js';
import { persistence } from './refused-options.fake.js';
import { check, udp } from './refused-health-checks.fake.js';
import type { Change } from './rule.js';

function change([, , parts, around]: RefusedChange): Change {
  return { before: null, after: sampleService(parts), surroundings: quietSurroundings(around) };
}

describe('a rule refuses', () => {
  it.each(REFUSED_CHANGES)('%s', (...one) => {
    const [, , , , expected] = one;
    expect(brokenRules(change(one))).toEqual([
      { ...expected, message: expect.any(String), hint: expect.any(String) },
    ]);
  });

  it.each(REFUSED_CHANGES)('%s, and nothing else does (control)', (...one) => {
    const others = ALL_RULES.filter((rule) => rule !== one[1]);
    expect(others).toHaveLength(ALL_RULES.length - 1);
    expect(brokenRules(change(one), others)).toEqual([]);
  });

  it('has a case for every rule', () => {
    expect(new Set(REFUSED_CHANGES.map(([, rule]) => rule))).toEqual(new Set(ALL_RULES));
  });

  it('everything that is wrong at once', () => {
    const after = sampleService({
      forceL4: false,
      endPort: 70,
      ...withServers({ address: '2001:db8::11', port: 81 }, { address: '2001:db8::11', number: 12 }),
    });
    const codes = brokenRules({ before: null, after, surroundings: quietSurroundings() }).map(
      ({ code }) => code,
    );
    expect(codes).toEqual([
      'port-range-invalid',
      'direct-return-requires-force-l4',
      'direct-return-requires-force-l4',
      'direct-return-keeps-the-port',
      'address-families-differ',
      'address-families-differ',
      'real-server-exists',
    ]);
  });
});

const ACCEPTED: readonly [
  string,
  Parameters<typeof sampleService>[0],
  Parameters<typeof quietSurroundings>[0],
][] = [
  ['a service as it should be', {}, {}],
  ['a service without servers that is not forced to layer 4', { forceL4: false, realServers: [] }, {}],
  ['a real server that names the port of the service', withServers({ port: 80 }), {}],
  ['a range of ports', { endPort: 65_535 }, {}],
  [
    'as many real servers as a service can have',
    { realServers: manyServers(1_000) },
    { directorSubnets: ['198.18.0.0/15'] },
  ],
  ['the ports beside those of another', { port: 81 }, { sameAddress: [neighbour] }],
  ['itself in its own place', {}, { sameAddress: [{ ...neighbour, id: sampleService().id }] }],
  [
    'any segment before a director has reported',
    withServers({ address: '198.51.100.11' }),
    { directorSubnets: [] },
  ],
  [
    'what one of two engines has',
    { scheduler: 'round-robin' },
    { abilities: [ABLE, ...quietSurroundings().abilities] },
  ],
  ['a stateless service', { flowAffinity: false, scheduler: 'source-hash' }, { abilities: [ABLE] }],
  ['a prefix of all bits', { persistence: { ...persistence, prefixLength: 32 } }, { abilities: [ABLE] }],
  ['a word about a server without an agent', withServers({ managed: false, attestation }), {}],
  ['a managed server on a host that has an agent', withServers({ number: 12 }), { agents: [agent] }],
  [
    'a check of another protocol on a port of its own',
    { protocol: 'udp', healthCheck: { ...check, timeoutSeconds: 4, port: 8_053 } },
    { abilities: [ABLE] },
  ],
  [
    'a datagram of any bytes and the longest reply',
    {
      protocol: 'udp',
      healthCheck: { ...udp, encoding: 'base64', payload: 'AAE=', expectedReply: 'AAAA'.repeat(400) },
    },
    { abilities: [ABLE] },
  ],
  [
    'a slow start, and backups',
    {
      slowStartSeconds: 30,
      minHealthy: 2,
      healthCheck: { ...check, timeoutSeconds: 4 },
      ...withServers({}, { number: 12, backup: true }),
    },
    { abilities: [ABLE] },
  ],
  ['a check that ends in time', { healthCheck: { ...check, timeoutSeconds: 4 } }, { abilities: [ABLE] }],
];

describe('no rule refuses', () => {
  it.each(ACCEPTED)('%s', (_sentence, parts, around) => {
    const surroundings = quietSurroundings(around);
    expect(brokenRules({ before: null, after: sampleService(parts), surroundings })).toEqual([]);
  });
});

describe('an object that the surroundings overtook', () => {
  const surroundings = quietSurroundings({
    nodeAddresses: [{ address: '192.0.2.200', description: 'the director lb-2' }],
    otherRealServers: [{ address: '192.0.2.200', description: 'a real server of wiki' }],
    directorSubnets: ['198.51.100.1/24'],
    abilities: [{ ...ABLE, schedulers: ['source-hash'] }],
    agents: [agent],
  });
  const before = sampleService(withServers({ number: 11 }, { number: 12, managed: false }));

  it('stays editable', () => {
    expect(brokenRules({ before, after: { ...before, name: 'new' }, surroundings })).toEqual([]);
  });

  it('stays editable when a server before the others goes', () => {
    const after = { ...before, realServers: before.realServers.slice(1) };
    expect(brokenRules({ before, after, surroundings })).toEqual([]);
  });

  it('gets no new server that cannot be reached', () => {
    const after = { ...before, realServers: [sampleServer({ number: 13 }), ...before.realServers] };
    expect(brokenRules({ before, after, surroundings })).toMatchObject([
      { code: 'no-shared-segment', field: '/realServers/0/address' },
    ]);
  });

  it('would be refused if it were new (control)', () => {
    const codes = brokenRules({ before: null, after: before, surroundings }).map(({ code }) => code);
    expect(new Set(codes)).toEqual(
      new Set([
        'real-server-is-the-vip',
        'address-is-a-node',
        'no-shared-segment',
        'not-enforceable',
        'host-has-an-agent',
      ]),
    );
  });
});

describe('what a rule says', () => {
  it('names the VIP that a real server is in the way of', () => {
    const otherVips = [{ address: '192.0.2.11', description: 'the VIP of wiki' }];
    const surroundings = quietSurroundings({ otherVips });
    const [violation] = brokenRules({ before: null, after: sampleService(), surroundings });
    expect(violation?.message).toBe('192.0.2.11 is the VIP of wiki.');
  });

  it('names what may be used in place of the refused option', () => {
    const after = sampleService({ scheduler: 'round-robin' });
    const [violation] = brokenRules({ before: null, after, surroundings: quietSurroundings() });
    expect(violation?.hint).toBe('Use one of: maglev, source-hash.');
  });

  it('names all that needs the memory of flows, once', () => {
    const after = sampleService({ flowAffinity: false, scheduler: 'round-robin', persistence });
    const surroundings = quietSurroundings({ abilities: [ABLE] });
    expect(brokenRules({ before: null, after, surroundings }).map(({ message }) => message)).toEqual([
      'Without flow affinity nothing is remembered, which the scheduler round-robin and persistence cannot do without.',
    ]);
  });

  it('names the segments of the right family', () => {
    const after = sampleService(withServers({ address: '198.51.100.11' }));
    const [violation] = brokenRules({ before: null, after, surroundings: quietSurroundings() });
    expect(violation?.hint).toBe('Use an address of the real server in one of: 192.0.2.1/24.');
  });
});
