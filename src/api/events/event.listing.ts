/** What events can be found and cut down by. They are sorted by their position alone: that is the order they have. */
import type { ListedField, Listing } from '../finding/listed-field.js';
import type { Source } from '../finding/find-places.js';
import { EVENT_TYPES } from './event-type.js';

const text = (sql: string): ListedField => ({ kind: 'text', sql, sortable: false });
const nullableText = (sql: string): ListedField => ({ ...text(sql), nullable: true });

export const EVENT_LISTING: Listing = {
  fields: {
    position: {
      kind: 'integer',
      sql: 'e.position',
      description: 'Only those at such a position: the number in `id`, behind the dash.',
    },
    type: { kind: 'word', words: EVENT_TYPES, sql: 'e.type', sortable: false },
    time: { kind: 'time', sql: 'e.time', sortable: false },
    objectType: {
      kind: 'word',
      words: ['virtual-service', 'real-server', 'node'],
      sql: 'e.object_type',
      sortable: false,
    },
    objectId: { kind: 'uuid', sql: 'e.object_id', sortable: false },
    virtualServiceId: {
      kind: 'uuid',
      sql: 'e.virtual_service_id',
      nullable: true,
      sortable: false,
      description: 'Only those of this virtual service and of its real servers.',
    },
    name: text('e.name'),
    revision: { kind: 'integer', sql: 'e.revision', nullable: true, sortable: false },
    actor: nullableText('r.actor'),
    requestId: nullableText('r.request_id'),
    ticket: nullableText('r.ticket'),
    condition: {
      ...nullableText('e.condition'),
      description: 'Only those of a condition of such a type, as `HealthViaVip`.',
    },
  },
  key: 'position',
  order: [{ field: 'position', descending: true }],
  shown: [
    'specversion',
    'id',
    'source',
    'type',
    'time',
    'subject',
    'datacontenttype',
    'data',
    'data.before',
    'data.after',
  ],
  tags: 'e.tags',
};

export const EVENTS: Source = {
  listing: EVENT_LISTING,
  from: 'event e LEFT JOIN revision r ON r.number = e.revision',
  id: 'e.position::text',
  size: '0',
};
