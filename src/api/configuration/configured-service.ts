/**
 * A virtual service as the configuration shows it: what an operator said of it, less what has its default, and nothing that
 * moves by itself, so that equal wishes are equal texts. No ids, numbers, revisions, times; no attestation, which is a
 * word about a host at a moment and no wish. Pure.
 */
import { isDeepStrictEqual } from 'node:util';
import { addressSortKey } from '../../domain/address-order.js';
import { HEALTH_CHECK_DEFAULTS, type HealthCheck } from '../../domain/health-check.js';
import { REAL_SERVER_DEFAULTS, type RealServer } from '../../domain/real-server.js';
import { VIRTUAL_SERVICE_DEFAULTS, type VirtualService } from '../../domain/virtual-service.js';

/** The body that would make the service. */
export type ConfiguredService = Readonly<Record<string, unknown>>;

const { attestation: _attestation, ...SERVER_DEFAULTS } = REAL_SERVER_DEFAULTS;

export function configuredService(service: VirtualService): ConfiguredService {
  const { address, protocol, port, realServers } = service;
  const { persistence, healthCheck, tags, ...said } = differing(service, VIRTUAL_SERVICE_DEFAULTS);
  return {
    address,
    protocol,
    port,
    ...said,
    ...(persistence !== undefined && { persistence: inOrder(service.persistence ?? {}) }),
    ...(healthCheck !== undefined && { healthCheck: configuredCheck(service.healthCheck) }),
    ...(tags !== undefined && { tags: inOrder(service.tags) }),
    ...(realServers.length > 0 && { realServers: byAddress(realServers).map(configuredServer) }),
  };
}

/** In the order in which the defaults stand. */
function differing<T extends object>(
  object: T,
  defaults: { readonly [K in keyof T]?: T[K] },
): Partial<Record<string, unknown>> {
  const fields = Object.keys(defaults) as (keyof T & string)[];
  const said = fields.filter((field) => !isDeepStrictEqual(object[field], defaults[field]));
  return Object.fromEntries(said.map((field) => [field, object[field]]));
}

function configuredCheck(check: HealthCheck): object {
  const { type } = check;
  if (type === 'none') return { type };
  const defaults = HEALTH_CHECK_DEFAULTS[type === 'https' ? 'http' : type];
  return { type, ...differing<object>(check, defaults) };
}

/** Of order in which they were made nothing depends but numbers in kernels, and those are ours. */
function byAddress(servers: readonly RealServer[]): RealServer[] {
  const keyed = servers.map((server) => ({ server, key: addressSortKey(server.address) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ server }) => server);
}

function configuredServer(server: RealServer): object {
  return { address: server.address, ...differing(server, SERVER_DEFAULTS) };
}

/** PostgreSQL keeps members in an order of its own. */
function inOrder(object: object): object {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
