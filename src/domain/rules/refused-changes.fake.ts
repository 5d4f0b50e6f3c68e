/** For every rule, changes that it alone refuses. */
import { ABLE, manyServers, withServers } from '../sample-service.fake.js';
import { addressFamiliesDiffer } from './address-families-differ.js';
import { addressIsANode } from './address-is-a-node.js';
import { directReturnKeepsThePort } from './direct-return-keeps-the-port.js';
import { directReturnRequiresForceL4 } from './direct-return-requires-force-l4.js';
import { noSharedSegment } from './no-shared-segment.js';
import { persistencePrefixFitsTheFamily } from './persistence-prefix-fits-the-family.js';
import { portRangeIsValid } from './port-range-is-valid.js';
import { onlyUnmanagedServersAreAttested } from './only-unmanaged-servers-are-attested.js';
import { realServerExists } from './real-server-exists.js';
import { tooManyRealServers } from './too-many-real-servers.js';
import { realServerIsTheVip } from './real-server-is-the-vip.js';
import { roundRobinAndPersistenceNeedFlowAffinity } from './round-robin-and-persistence-need-flow-affinity.js';
import type { RefusedChange } from './refused-change.fake.js';
import { REFUSED_HEALTH_CHECKS } from './refused-health-checks.fake.js';
import { persistence, REFUSED_OPTIONS } from './refused-options.fake.js';
import { unmanagedServersHaveNoAgent } from './unmanaged-servers-have-no-agent.js';
import { virtualServiceOverlaps } from './virtual-service-overlaps.js';

const unprocessable = (code: string, field: string) => ({ code, field, kind: 'unprocessable' });
const invalid = (code: string, field: string) => ({ code, field, kind: 'invalid' });
const conflict = (code: string, field: string) => ({ code, field, kind: 'conflict' });
export const neighbour = { id: 'other', name: 'wiki', port: 80, endPort: null };
export const attestation = { actor: 'ops', at: new Date(0), ticket: null, revision: 1 };
export const agent = { address: '192.0.2.12', description: 'the agent web-12' };

export const REFUSED_CHANGES: readonly RefusedChange[] = [
  ...REFUSED_HEALTH_CHECKS,
  ...REFUSED_OPTIONS,
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
    'turns of flows that nobody remembers',
    roundRobinAndPersistenceNeedFlowAffinity,
    { flowAffinity: false, scheduler: 'round-robin' },
    { abilities: [ABLE] },
    unprocessable('flow-affinity-required', '/flowAffinity'),
  ],
  [
    'persistence where nothing is remembered',
    roundRobinAndPersistenceNeedFlowAffinity,
    { flowAffinity: false, persistence },
    { abilities: [ABLE] },
    unprocessable('flow-affinity-required', '/flowAffinity'),
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
