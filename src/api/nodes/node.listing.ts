/** What nodes can be found, sorted and cut down by. */
import type { Source } from '../finding/find-places.js';
import type { Listing } from '../finding/listed-field.js';
import { NODE_STATES } from './node-state.js';

const LISTING: Listing = {
  fields: {
    id: { kind: 'uuid', sql: 'n.id' },
    name: { kind: 'text', sql: 'n.name' },
    role: { kind: 'word', words: ['director', 'agent'], sql: 'n.role' },
    addresses: { kind: 'address', sql: 'a.address', group: 'addresses' },
    state: { kind: 'word', words: NODE_STATES },
    joinedAt: { kind: 'time', sql: 'n.joined_at', nullable: true },
    lastSeenAt: { kind: 'time', sql: 's.last_seen_at', nullable: true },
    revision: {
      kind: 'integer',
      sql: '(SELECT max(e.revision) FROM audit_entry e WHERE e.object_id = n.id)',
    },
    revisionInForce: { kind: 'integer', nullable: true },
    engine: {
      kind: 'text',
      sql: `((s.engine ->> 'driver') || ' ' || (s.engine ->> 'version'))`,
      nullable: true,
    },
    tableDigest: { kind: 'text', sql: `(s.engine ->> 'tableDigest')`, nullable: true },
    'interfaces.name': { kind: 'text', sql: `(i.value ->> 'name')`, group: 'interfaces' },
    'interfaces.mac': { kind: 'text', sql: `(i.value ->> 'mac')`, group: 'interfaces' },
    'interfaces.up': { kind: 'boolean', sql: `(i.value ->> 'up')::boolean`, group: 'interfaces' },
    'interfaces.mtu': { kind: 'integer', sql: `(i.value ->> 'mtu')::integer`, group: 'interfaces' },
    gateways: { kind: 'address', sql: 'g.value::inet', group: 'gateways' },
    faultCount: {
      kind: 'integer',
      sql: '(SELECT count(*)::integer FROM fault f WHERE f.node_id = n.id)',
    },
    createdAt: { kind: 'time', sql: 'n.created_at' },
  },
  key: 'id',
  order: [{ field: 'name', descending: false }],
  shown: [
    'id',
    'name',
    'role',
    'addresses',
    'state',
    'joinedAt',
    'lastSeenAt',
    'revision',
    'revisionInForce',
    'engine',
    'tableDigest',
    'capabilities',
    'interfaces',
    'gateways',
    'conditions',
    'faults',
    'faultCount',
    'drift',
    'segment',
    'createdAt',
  ],
  groups: {
    addresses: 'EXISTS (SELECT 1 FROM node_address a WHERE a.node_id = n.id AND {})',
    interfaces: `EXISTS (SELECT 1 FROM jsonb_array_elements(s.host -> 'interfaces') AS i WHERE {})`,
    gateways: `EXISTS (SELECT 1 FROM jsonb_array_elements_text(s.host -> 'gateways') AS g WHERE {})`,
  },
};

export const NODES: Source = {
  listing: LISTING,
  from: 'node n LEFT JOIN node_status s ON s.node_id = n.id',
  id: 'n.id',
  size: '0',
};
