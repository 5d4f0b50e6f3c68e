/** What virtual services can be found, sorted and cut down by. */
import type { ListedField, Listing } from '../finding/listed-field.js';
import type { Source } from '../finding/find-places.js';

const text: ListedField = { kind: 'text', sortable: false };
const SCHEDULERS = ['maglev', 'source-hash', 'round-robin'];

/** Members of a JSON column. */
function members(
  column: string,
  parent: string,
  kinds: Readonly<Record<string, 'word' | 'text' | 'integer'>>,
): Readonly<Record<string, ListedField>> {
  const entries = Object.entries(kinds).map(([name, kind]): [string, ListedField] => {
    const value = `(${column} ->> '${name}')`;
    const sql = kind === 'integer' ? `${value}::integer` : value;
    return [`${parent}.${name}`, { kind, sql, nullable: true, sortable: kind !== 'text' }];
  });
  return Object.fromEntries(entries);
}

/** Services that have such a real server; several conditions are about one and the same. */
function ofServers(
  fields: Readonly<Record<string, Omit<ListedField, 'group'>>>,
): Readonly<Record<string, ListedField>> {
  const entries = Object.entries(fields).map(([name, field]): [string, ListedField] => [
    `realServers.${name}`,
    {
      ...field,
      group: 'realServers',
      description: `Only those that have a real server with such a \`${name}\`.`,
    },
  ]);
  return Object.fromEntries(entries);
}

const OPERATING = ['online', 'degraded', 'offline', 'disabled'];

const FIELDS: Readonly<Record<string, ListedField>> = {
  id: { kind: 'uuid', sql: 's.id' },
  name: { kind: 'text', sql: 's.name' },
  description: { ...text, sql: 's.description' },
  address: { kind: 'address', sql: 's.address' },
  port: { kind: 'integer', sql: 's.port' },
  endPort: { kind: 'integer', sql: 's.end_port', nullable: true },
  servesPort: {
    kind: 'integer',
    holds: (value) => `${value} BETWEEN s.port AND coalesce(s.end_port, s.port)`,
    sortable: false,
    description: 'Only those that answer on this port, be it within a range.',
  },
  protocol: { kind: 'word', words: ['tcp', 'udp'], sql: 's.protocol' },
  forceL4: { kind: 'boolean', sql: 's.force_l4' },
  enabled: { kind: 'boolean', sql: 's.enabled' },
  scheduler: { kind: 'word', words: SCHEDULERS, sql: 's.scheduler' },
  ...members('s.persistence', 'persistence', {
    type: 'word',
    timeoutSeconds: 'integer',
    prefixLength: 'integer',
  }),
  flowAffinity: { kind: 'boolean', sql: 's.flow_affinity' },
  ...members('s.health_check', 'healthCheck', {
    type: 'word',
    intervalSeconds: 'integer',
    timeoutSeconds: 'integer',
    rise: 'integer',
    fall: 'integer',
    port: 'integer',
    method: 'word',
    path: 'text',
    host: 'text',
    expectedStatus: 'integer',
    expectedBody: 'text',
    payload: 'text',
    expectedReply: 'text',
    encoding: 'word',
  }),
  drainSeconds: { kind: 'integer', sql: 's.drain_seconds' },
  slowStartSeconds: { kind: 'integer', sql: 's.slow_start_seconds' },
  minHealthy: { kind: 'integer', sql: 's.min_healthy' },
  revision: { kind: 'integer', sql: 's.revision' },
  createdAt: { kind: 'time', sql: 's.created_at' },
  updatedAt: { kind: 'time', sql: 's.updated_at' },
  ...ofServers({
    id: { kind: 'uuid', sql: 'r.id' },
    address: { kind: 'address', sql: 'r.address' },
    port: { kind: 'integer', sql: 'coalesce(r.port, s.port)' },
    weight: { kind: 'integer', sql: 'r.weight' },
    forwardingMethod: { kind: 'word', words: ['direct-return', 'nat'], sql: 'r.forwarding_method' },
    enabled: { kind: 'boolean', sql: 'r.enabled' },
    backup: { kind: 'boolean', sql: 'r.backup' },
    managed: { kind: 'boolean', sql: 'r.managed' },
  }),
  // Exactly those that are not enabled are `disabled`; the rest depends on what nodes report.
  'status.operating': { kind: 'word', words: OPERATING, narrows: narrowedToEnabled },
  'status.provisioning': { kind: 'word', words: ['pending', 'in-sync', 'failed'] },
  'status.observedRevision': { kind: 'integer', nullable: true },
};

const LISTING: Listing = {
  fields: FIELDS,
  key: 'id',
  order: [{ field: 'createdAt', descending: false }],
  shown: [
    'id',
    'name',
    'description',
    'address',
    'port',
    'endPort',
    'protocol',
    'forceL4',
    'enabled',
    'scheduler',
    'persistence',
    'flowAffinity',
    'healthCheck',
    'drainSeconds',
    'slowStartSeconds',
    'minHealthy',
    'tags',
    'realServers',
    'realServers.id',
    'realServers.address',
    'realServers.port',
    'realServers.weight',
    'realServers.forwardingMethod',
    'realServers.enabled',
    'realServers.backup',
    'realServers.managed',
    'realServers.attestation',
    'realServers.revision',
    'realServers.status',
    'revision',
    'createdAt',
    'updatedAt',
    'status',
    'status.operating',
    'status.provisioning',
    'status.observedRevision',
    'status.conditions',
  ],
  groups: {
    realServers: 'EXISTS (SELECT 1 FROM real_server r WHERE r.virtual_service_id = s.id AND {})',
  },
  tags: 's.tags',
  words: `(s.name || ' ' || s.description || ' ' || s.tags::text)`,
};

export const VIRTUAL_SERVICES: Source & { readonly listing: Listing } = {
  listing: LISTING,
  from: 'virtual_service s',
  id: 's.id',
  size: '(SELECT count(*)::integer FROM real_server r WHERE r.virtual_service_id = p.id)',
};

function narrowedToEnabled(allowed: ReadonlySet<string>): string | null {
  if (!allowed.has('disabled')) return 's.enabled';
  return allowed.size === 1 ? 'NOT s.enabled' : null;
}
