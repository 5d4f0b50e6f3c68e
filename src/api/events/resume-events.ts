/** Where a reader goes on, by the `Last-Event-ID` that it sends; 410 where what follows that is not all kept any more. */
import { Failed, failure } from '../../domain/failure.js';
import { invalidRequest, violation } from '../http/invalid-request.js';
import { eventId, readEventId, type EventPlace } from './event-id.js';
import type { EventSpan, ReadEvents } from './read-events.js';

/** Without an id it is the newest event: what comes from now on. */
export async function resumeEvents(events: ReadEvents, lastEventId: string | undefined): Promise<EventPlace> {
  const span = await events.span();
  if (lastEventId === undefined || lastEventId === '') return span.newest;
  const place = readEventId(lastEventId.trim());
  if (place === null) throw noEventId();
  if (isBeforeOldest(place, span) || (await events.epochAt(place.position)) === place.epoch) return place;
  throw forgotten(span);
}

/** The one that begins with the oldest that is kept: it need not be known any more itself. */
function isBeforeOldest({ position, epoch }: EventPlace, { oldest, newest }: EventSpan): boolean {
  return position === oldest - 1 && epoch <= newest.epoch;
}

function noEventId(): Failed {
  return invalidRequest(
    violation(
      'header-invalid',
      'Last-Event-ID',
      'Last-Event-ID is not the id of an event.',
      'Send the id of the last event that you have seen, such as 1-4711, or leave it out to get what comes from now on.',
    ),
  );
}

/** Also of an id that a restored backup knows nothing of. */
function forgotten({ oldest, newest }: EventSpan): Failed {
  const first = eventId({ epoch: newest.epoch, position: oldest - 1 });
  return new Failed(
    failure(
      'gone',
      'events-forgotten',
      'Events after this id are not kept any more, or were lost with the restoration of a backup.',
      `Read what there is anew (GET /v1/virtual-services, /v1/nodes). Last-Event-ID: ${first} begins with the oldest event ` +
        `that is kept, ${eventId(newest)} with what comes from now on.`,
    ),
  );
}
