import { describe, expect, it } from 'vitest';
import { quietSurroundings, sampleServer, sampleService } from '../sample-service.fake.js';
import { addressFamiliesDiffer } from './address-families-differ.js';
import { addressIsANode } from './address-is-a-node.js';
import { ALL_RULES, brokenRules } from './all-rules.js';
import { directReturnKeepsThePort } from './direct-return-keeps-the-port.js';
import { directReturnRequiresForceL4 } from './direct-return-requires-force-l4.js';
import { healthCheckEndsBeforeTheNext } from './health-check-ends-before-the-next.js';
import { noSharedSegment } from './no-shared-segment.js';
import { notEnforceable } from './not-enforceable.js';
import { persistencePrefixFitsTheFamily } from './persistence-prefix-fits-the-family.js';
import { portRangeIsValid } from './port-range-is-valid.js';
import { onlyUnmanagedServersAreAttested } from './only-unmanaged-servers-are-attested.js';
import { realServerExists } from './real-server-exists.js';
import { tooManyRealServers } from './too-many-real-servers.js';
import { realServerIsTheVip } from './real-server-is-the-vip.js';
import type { Change, Rule } from './rule.js';
import type { EngineAbilities } from './surroundings.js';
import { unmanagedServersHaveNoAgent } from './unmanaged-servers-have-no-agent.js';
import { virtualServiceOverlaps } from './virtual-service-overlaps.js';

/** An engine that can do everything, so that only the rule under test speaks. */
const ABLE: EngineAbilities = {
  protocols: ['tcp', 'udp'],
  addressFamilies: ['ipv4', 'ipv6'],
  forwardingMethods: ['direct-return', 'nat'],
  schedulers: ['maglev', 'source-hash', 'round-robin'],
  persistence: ['source-ip'],
  healthChecks: ['none', 'tcp', 'http', 'https', 'udp'],
  portRanges: true,
};

type Case = readonly [
  sentence: string,
  rule: Rule,
  parts: Parameters<typeof sampleService>[0],
  around: Parameters<typeof quietSurroundings>[0],
  expected: { code: string; field: string; kind: string },
];

const unprocessable = (code: string, field: string) => ({ code, field, kind: 'unprocessable' });
const invalid = (code: string, field: string) => ({ code, field, kind: 'invalid' });
const conflict = (code: string, field: string) => ({ code, field, kind: 'conflict' });
const check = { type: 'tcp', intervalSeconds: 5, timeoutSeconds: 5, rise: 2, fall: 3 } as const;
const neighbour = { id: 'other', name: 'wiki', port: 80, endPort: null };
const persistence = { type: 'source-ip', timeoutSeconds: 60, prefixLength: 24 } as const;
const attestation = { actor: 'ops', at: new Date(0), ticket: null, revision: 1 };
const agent = { address: '192.0.2.12', description: 'the agent web-12' };
const withServers = (...servers: Parameters<typeof sampleServer>[0][]) => ({
  realServers: servers.map(sampleServer),
});

function manyServers(count: number) {
  return Array.from({ length: count }, (_, index) =>
    sampleServer({ number: index + 1, address: `198.18.${Math.floor(index / 250)}.${(index % 250) + 1}` }),
  );
}

const CASES: readonly Case[] = [
  [
    'direct return without forceL4',
    directReturnRequiresForceL4,
    { forceL4: false, ...withServers({}) },
    {},
    unprocessable('direct-return-requires-force-l4', '/realServers/0/forwardingMethod'),
  ],
  [
    'another port on the real server',
    directReturnKeepsThePort,
    withServers({}, { number: 12, port: 8080 }),
    {},
    unprocessable('direct-return-keeps-the-port', '/realServers/1/port'),
  ],
  [
    'the last port of a range on the real server',
    directReturnKeepsThePort,
    { endPort: 90, ...withServers({ port: 90 }) },
    {},
    unprocessable('direct-return-keeps-the-port', '/realServers/0/port'),
  ],
  [
    'an IPv6 server behind an IPv4 VIP',
    addressFamiliesDiffer,
    withServers({ address: '2001:db8::11' }),
    {},
    unprocessable('address-families-differ', '/realServers/0/address'),
  ],
  [
    'an IPv4 server behind an IPv6 VIP',
    addressFamiliesDiffer,
    { address: '2001:db8::200', ...withServers({}) },
    {},
    unprocessable('address-families-differ', '/realServers/0/address'),
  ],
  [
    'a real server with the address of its own VIP',
    realServerIsTheVip,
    withServers({ address: '192.0.2.200' }),
    {},
    unprocessable('real-server-is-the-vip', '/realServers/0/address'),
  ],
  [
    "a real server with the address of another service's VIP",
    realServerIsTheVip,
    withServers({}, { number: 12 }),
    { otherVips: [{ address: '192.0.2.12', description: 'the VIP of wiki' }] },
    unprocessable('real-server-is-the-vip', '/realServers/1/address'),
  ],
  [
    "a VIP that is another service's real server",
    realServerIsTheVip,
    {},
    { otherRealServers: [{ address: '192.0.2.200', description: 'a real server of wiki' }] },
    unprocessable('real-server-is-the-vip', '/address'),
  ],
  [
    "a VIP that is a director's address",
    addressIsANode,
    {},
    { nodeAddresses: [{ address: '192.0.2.200', description: 'the director lb-1' }] },
    unprocessable('address-is-a-node', '/address'),
  ],
  [
    'a real server on no segment of a director',
    noSharedSegment,
    withServers({ address: '198.51.100.11' }),
    {},
    unprocessable('no-shared-segment', '/realServers/0/address'),
  ],
  [
    'an IPv6 server where directors have IPv4 only',
    noSharedSegment,
    { address: '2001:db8::200', ...withServers({ address: '2001:db8::11' }) },
    { directorSubnets: ['192.0.2.1/24'] },
    unprocessable('no-shared-segment', '/realServers/0/address'),
  ],
  [
    'the same port as another service',
    virtualServiceOverlaps,
    {},
    { sameAddress: [neighbour] },
    conflict('virtual-service-overlaps', '/port'),
  ],
  [
    'a range that begins with the last port of another',
    virtualServiceOverlaps,
    { port: 90, endPort: 99 },
    { sameAddress: [{ ...neighbour, endPort: 90 }] },
    conflict('virtual-service-overlaps', '/port'),
  ],
  [
    'a range that lies within that of another',
    virtualServiceOverlaps,
    { port: 85 },
    { sameAddress: [{ ...neighbour, endPort: 90 }] },
    conflict('virtual-service-overlaps', '/port'),
  ],
  [
    'the same real server twice',
    realServerExists,
    withServers({}, { number: 12, address: '192.0.2.11' }),
    {},
    conflict('real-server-exists', '/realServers/1/address'),
  ],
  [
    'more real servers than a service can have',
    tooManyRealServers,
    { realServers: manyServers(1_001) },
    { directorSubnets: ['198.18.0.0/15'] },
    unprocessable('too-many-real-servers', '/realServers'),
  ],
  [
    'a range that goes downwards',
    portRangeIsValid,
    { port: 80, endPort: 79 },
    {},
    invalid('port-range-invalid', '/endPort'),
  ],
  [
    'a range beyond the last port',
    portRangeIsValid,
    { port: 80, endPort: 65_536 },
    {},
    invalid('port-range-invalid', '/endPort'),
  ],
  [
    'a health check that outlasts its interval',
    healthCheckEndsBeforeTheNext,
    { healthCheck: check },
    { abilities: [ABLE] },
    invalid('health-check-timeout-invalid', '/healthCheck/timeoutSeconds'),
  ],
  [
    'a persistence prefix longer than an IPv4 address',
    persistencePrefixFitsTheFamily,
    { persistence: { ...persistence, prefixLength: 33 } },
    { abilities: [ABLE] },
    invalid('persistence-prefix-invalid', '/persistence/prefixLength'),
  ],
  [
    'a persistence prefix of no bits',
    persistencePrefixFitsTheFamily,
    { persistence: { ...persistence, prefixLength: 0 } },
    { abilities: [ABLE] },
    invalid('persistence-prefix-invalid', '/persistence/prefixLength'),
  ],
  [
    'round robin',
    notEnforceable,
    { scheduler: 'round-robin' },
    {},
    unprocessable('not-enforceable', '/scheduler'),
  ],
  ['persistence', notEnforceable, { persistence }, {}, unprocessable('not-enforceable', '/persistence')],
  [
    'a health check',
    notEnforceable,
    { healthCheck: { ...check, timeoutSeconds: 2 } },
    {},
    unprocessable('not-enforceable', '/healthCheck/type'),
  ],
  [
    'a server reached by address translation',
    notEnforceable,
    withServers({}, { number: 12, forwardingMethod: 'nat', port: 8080 }),
    {},
    unprocessable('not-enforceable', '/realServers/1/forwardingMethod'),
  ],
  [
    'a port range where no engine has them',
    notEnforceable,
    { endPort: 90 },
    { abilities: [{ ...ABLE, portRanges: false }] },
    unprocessable('not-enforceable', '/endPort'),
  ],
  [
    'UDP where no engine has it',
    notEnforceable,
    { protocol: 'udp' },
    { abilities: [{ ...ABLE, protocols: ['tcp'] }] },
    unprocessable('not-enforceable', '/protocol'),
  ],
  [
    'IPv4 where no engine has it',
    notEnforceable,
    {},
    { abilities: [{ ...ABLE, addressFamilies: ['ipv6'] }] },
    unprocessable('not-enforceable', '/address'),
  ],
  [
    'a word about a server that an agent proves',
    onlyUnmanagedServersAreAttested,
    withServers({}, { number: 12, attestation }),
    {},
    unprocessable('attested-server-is-managed', '/realServers/1/attestation'),
  ],
  [
    'a server without an agent on a host that has one',
    unmanagedServersHaveNoAgent,
    withServers({}, { number: 12, managed: false }),
    { agents: [agent] },
    unprocessable('host-has-an-agent', '/realServers/1/managed'),
  ],
];

function change([, , parts, around]: Case): Change {
  return { before: null, after: sampleService(parts), surroundings: quietSurroundings(around) };
}

describe('a rule refuses', () => {
  it.each(CASES)('%s', (...one) => {
    const [, , , , expected] = one;
    expect(brokenRules(change(one))).toEqual([
      { ...expected, message: expect.any(String), hint: expect.any(String) },
    ]);
  });

  it.each(CASES)('%s, and nothing else does (control)', (...one) => {
    const others = ALL_RULES.filter((rule) => rule !== one[1]);
    expect(others).toHaveLength(ALL_RULES.length - 1);
    expect(brokenRules(change(one), others)).toEqual([]);
  });

  it('has a case for every rule', () => {
    expect(new Set(CASES.map(([, rule]) => rule))).toEqual(new Set(ALL_RULES));
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
  ['a prefix of all bits', { persistence: { ...persistence, prefixLength: 32 } }, { abilities: [ABLE] }],
  ['a word about a server without an agent', withServers({ managed: false, attestation }), {}],
  ['a managed server on a host that has an agent', withServers({ number: 12 }), { agents: [agent] }],
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

  it('names the segments of the right family', () => {
    const after = sampleService(withServers({ address: '198.51.100.11' }));
    const [violation] = brokenRules({ before: null, after, surroundings: quietSurroundings() });
    expect(violation?.hint).toBe('Use an address of the real server in one of: 192.0.2.1/24.');
  });
});
