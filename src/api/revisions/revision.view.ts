import { ApiProperty } from '@nestjs/swagger';
import { PageView } from '../http/page.view.js';
import type { AuditEntryRow } from '../store/rows/audit-entry.row.js';
import type { RevisionRow } from '../store/rows/revision.row.js';
import type { ChangesPage } from './read-changes.js';

/** What a revision did to one object. */
export class RevisionChangeView {
  @ApiProperty({ enum: ['create', 'update', 'delete'], enumName: 'ChangeAction' })
  action: AuditEntryRow['action'];

  @ApiProperty({ enum: ['virtual-service', 'real-server', 'node'], enumName: 'ObjectType' })
  objectType: AuditEntryRow['objectType'];

  @ApiProperty({ format: 'uuid' })
  objectId: string;

  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description: 'Null for a new object.',
  })
  before: object | null;

  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description: 'Null for a deleted one.',
  })
  after: object | null;
}

/** One accepted change: who, when, under which ticket, and what. */
export class RevisionView {
  @ApiProperty({ type: 'integer', example: 42 })
  number: number;

  @ApiProperty({ type: 'integer', description: 'Raised when a backup was restored.' })
  epoch: number;

  @ApiProperty({
    example: 'admin',
    description: 'Name of the token that asked; `node:` and a name where a node joined.',
  })
  actor: string;

  @ApiProperty()
  requestId: string;

  @ApiProperty({ type: 'string', nullable: true, example: 'CHG0042' })
  ticket: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({
    type: () => [RevisionChangeView],
    description: 'A page of them: the first 200, as a rule all.',
  })
  changes: RevisionChangeView[];

  @ApiProperty({ type: 'integer', example: 2, description: 'How many there are.' })
  totalChanges: number;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description:
      'Where they go on: the `cursor` for GET /v1/revisions/{number}; null where these are the last.',
  })
  nextCursor: string | null;

  static of(row: RevisionRow, page: ChangesPage): RevisionView {
    const { number, epoch, actor, requestId, ticket, createdAt } = row;
    const { totalChanges, nextCursor } = page;
    const changes = page.changes.map(({ action, objectType, objectId, before, after }) => ({
      action,
      objectType,
      objectId,
      before,
      after,
    }));
    const who = { number, epoch, actor, requestId, ticket, createdAt: createdAt.toISOString() };
    return { ...who, changes, totalChanges, nextCursor };
  }
}

/** A page of revisions, newest first. */
export class RevisionPageView extends PageView {
  @ApiProperty({ type: () => [RevisionView] })
  items: RevisionView[];
}
