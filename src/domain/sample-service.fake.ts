/** A virtual service that breaks no rule, and the quiet surroundings in which it breaks none. For specs. */
import { knownAddress } from './address.js';
import type { RealServer } from './real-server.js';
import type { EngineAbilities, Surroundings } from './rules/surroundings.js';
import type { VirtualService } from './virtual-service.js';

type RealServerText = Partial<Omit<RealServer, 'address'>> & { readonly address?: string };
type ServiceText = Partial<Omit<VirtualService, 'address'>> & { readonly address?: string };

/** Direct return and nothing else, as the built-in driver. */
const DIRECT_RETURN_ENGINE: EngineAbilities = {
  protocols: ['tcp', 'udp'],
  addressFamilies: ['ipv4', 'ipv6'],
  forwardingMethods: ['direct-return'],
  schedulers: ['maglev', 'source-hash'],
  persistence: [],
  healthChecks: ['none'],
  backupServers: false,
  portRanges: true,
};

/** An engine that can do everything, so that only the rule under test speaks. */
export const ABLE: EngineAbilities = {
  protocols: ['tcp', 'udp'],
  addressFamilies: ['ipv4', 'ipv6'],
  forwardingMethods: ['direct-return', 'nat'],
  schedulers: ['maglev', 'source-hash', 'round-robin'],
  persistence: ['source-ip'],
  healthChecks: ['none', 'tcp', 'http', 'https', 'udp'],
  backupServers: true,
  portRanges: true,
  statelessServices: true,
};

export function sampleServer(parts: RealServerText = {}): RealServer {
  const number = parts.number ?? 11;
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    number,
    port: null,
    weight: 1000,
    forwardingMethod: 'direct-return',
    enabled: true,
    backup: false,
    managed: true,
    attestation: null,
    ...parts,
    address: knownAddress(parts.address ?? `192.0.2.${number}`),
  };
}

/** For the real servers of a sample service. */
export function withServers(...servers: readonly RealServerText[]) {
  return { realServers: servers.map(sampleServer) };
}

export function sampleService(parts: ServiceText = {}): VirtualService {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    number: 1,
    name: 'shop',
    description: '',
    port: 80,
    endPort: null,
    protocol: 'tcp',
    forceL4: true,
    enabled: true,
    scheduler: 'maglev',
    persistence: null,
    flowAffinity: true,
    healthCheck: { type: 'none' },
    drainSeconds: 300,
    slowStartSeconds: 0,
    minHealthy: 1,
    tags: {},
    realServers: [sampleServer({ number: 11 }), sampleServer({ number: 12 })],
    revision: 7,
    createdAt: new Date('2026-01-01T00:00:00Z'),
    updatedAt: new Date('2026-01-01T00:00:00Z'),
    ...parts,
    address: knownAddress(parts.address ?? '192.0.2.200'),
  };
}

export function quietSurroundings(parts: Partial<Surroundings> = {}): Surroundings {
  return {
    abilities: [DIRECT_RETURN_ENGINE],
    nodeAddresses: [],
    directorSubnets: ['192.0.2.1/24', '2001:db8::1/64'],
    sameAddress: [],
    otherVips: [],
    agents: [],
    otherRealServers: [],
    ...parts,
  };
}

export function manyServers(count: number) {
  return Array.from({ length: count }, (_, index) =>
    sampleServer({ number: index + 1, address: `198.18.${Math.floor(index / 250)}.${(index % 250) + 1}` }),
  );
}
