import { ApiProperty } from '@nestjs/swagger';
import { PageView } from '../http/page.view.js';
import type { EventRow } from '../store/rows/event.row.js';
import type { RevisionRow } from '../store/rows/revision.row.js';
import { EVENT_TYPES } from './event-type.js';
import { eventId } from './event-id.js';

/** An event as it is stored, with what the history has of it. Its members are what events are found by. */
export type StoredEvent = Omit<EventRow, 'entry' | 'recordedAt'> & {
  readonly [Member in 'actor' | 'requestId' | 'ticket']: RevisionRow[Member] | null;
};

/** What an event is about, and what it says. */
export class EventDataView {
  @ApiProperty({ enum: ['virtual-service', 'real-server', 'node'], enumName: 'ObjectType' })
  objectType: EventRow['objectType'];

  @ApiProperty({ format: 'uuid' })
  objectId: string;

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'The service itself, or that of the real server. Null: it is about a node.',
  })
  virtualServiceId: string | null;

  @ApiProperty({
    example: 'shop',
    description: 'Name of the virtual service or node, address of the real server.',
  })
  name: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { env: 'prod' },
    description: 'Of the virtual service, as they were when the event was recorded.',
  })
  tags: Readonly<Record<string, string>>;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 42,
    description: 'The change of intent that this is, as in /v1/revisions. Null: nodes brought it about.',
  })
  revision: number | null;

  @ApiProperty({ type: 'string', nullable: true, example: 'admin', description: 'Who asked for the change.' })
  actor: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  requestId: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: 'CHG0042' })
  ticket: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: null,
    description: 'Type of the condition, with `….condition-changed`.',
  })
  condition: string | null;

  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    example: null,
    description:
      'As it was: the object, its status, or the condition’s `status` and `reason`. Null: there was none, or it was not told.',
  })
  before: object | null;

  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    example: { name: 'shop', address: '192.0.2.200' },
    description:
      'As it is: the object, its status, or the condition with `status`, `reason`, `message`, `observedRevision` and `lastTransitionAt`. Null: there is none any more.',
  })
  after: object | null;
}

/** An event, as a CloudEvent (CloudEvents 1.0, JSON). */
export class EventView {
  @ApiProperty({ enum: ['1.0'], description: 'Of CloudEvents.' })
  specversion: '1.0';

  @ApiProperty({
    example: '1-4711',
    description:
      'For `Last-Event-ID`. The epoch of the installation, and the position in its order of all events.',
  })
  id: string;

  @ApiProperty({
    example: 'urn:uuid:9d0e2b7e-0a43-4a43-8d8c-0d4c8f3a5b6e',
    description: 'The installation. No other event has the same `source` and `id`.',
  })
  source: string;

  @ApiProperty({ enum: EVENT_TYPES, enumName: 'EventType', example: 'virtual-service.created' })
  type: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When the change was made; of what nodes brought about, when it was seen.',
  })
  time: string;

  @ApiProperty({
    example: '/v1/virtual-services/3b2f6c1e-7d0a-4b8e-9c55-0a1b2c3d4e5f',
    description: 'Where the object is, or was.',
  })
  subject: string;

  @ApiProperty({ enum: ['application/json'] })
  datacontenttype: 'application/json';

  @ApiProperty({ type: () => EventDataView })
  data: EventDataView;

  static of(event: StoredEvent, cluster: string): EventView {
    const { type, time } = event;
    return {
      specversion: '1.0',
      id: eventId(event),
      source: `urn:uuid:${cluster}`,
      type,
      time: time.toISOString(),
      subject: subjectOf(event),
      datacontenttype: 'application/json',
      data: dataOf(event),
    };
  }
}

function dataOf(event: StoredEvent): EventDataView {
  const { objectType, objectId, virtualServiceId, name, tags } = event;
  const { revision, actor, requestId, ticket, condition, before, after } = event;
  const about = { objectType, objectId, virtualServiceId, name, tags };
  return { ...about, revision, actor, requestId, ticket, condition, before, after };
}

function subjectOf({ objectType, objectId, virtualServiceId }: StoredEvent): string {
  if (objectType === 'node') return `/v1/nodes/${objectId}`;
  const service = `/v1/virtual-services/${virtualServiceId}`;
  return objectType === 'virtual-service' ? service : `${service}/real-servers/${objectId}`;
}

/** A page of events, newest first. */
export class EventPageView extends PageView {
  @ApiProperty({ type: () => [EventView] })
  items: EventView[];
}
