/** What revisions can be found and cut down by. They are sorted by their number alone: there may be very many. */
import type { Source } from '../finding/find-places.js';
import type { ListedField, Listing } from '../finding/listed-field.js';
import { MAX_PAGE_LIMIT } from '../http/page.js';

function ofChange(name: string, field: ListedField): ListedField {
  const description = `Only those that changed an object with such a \`${name}\`; several are about one change.`;
  return { ...field, group: 'changes', description };
}

const LISTING: Listing = {
  fields: {
    number: { kind: 'integer', sql: 'v.number' },
    epoch: { kind: 'integer', sql: 'v.epoch', sortable: false },
    actor: { kind: 'text', sql: 'v.actor', sortable: false },
    requestId: { kind: 'text', sql: 'v.request_id', sortable: false },
    ticket: { kind: 'text', sql: 'v.ticket', nullable: true, sortable: false },
    createdAt: { kind: 'time', sql: 'v.created_at', sortable: false },
    objectId: ofChange('objectId', { kind: 'uuid', sql: 'e.object_id' }),
    objectType: ofChange('objectType', {
      kind: 'word',
      words: ['virtual-service', 'real-server', 'node'],
      sql: 'e.object_type',
    }),
    action: ofChange('action', { kind: 'word', words: ['create', 'update', 'delete'], sql: 'e.action' }),
  },
  key: 'number',
  order: [{ field: 'number', descending: true }],
  shown: [
    'number',
    'epoch',
    'actor',
    'requestId',
    'ticket',
    'createdAt',
    'changes',
    'totalChanges',
    'nextCursor',
  ],
  groups: { changes: 'EXISTS (SELECT 1 FROM audit_entry e WHERE e.revision = v.number AND {})' },
};

export const REVISIONS: Source = {
  listing: LISTING,
  from: 'revision v',
  id: 'v.number::text',
  size: `(SELECT count(*)::integer FROM audit_entry e WHERE e.revision = p.id::bigint AND e.position < ${MAX_PAGE_LIMIT})`,
};
