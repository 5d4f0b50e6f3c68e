import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import {
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiExtraModels,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { NEVER, type Observable } from 'rxjs';
import { FINDING, ListParameters } from '../finding/list-parameters.js';
import type { ListQuery } from '../finding/list-query.js';
import { ApiProblems } from '../http/api-problems.js';
import { ConditionalRead } from '../http/conditional-read.js';
import { eventSink, sendEventStreamHead } from '../http/event-sink.js';
import { invalidRequest, violation } from '../http/invalid-request.js';
import { requestContext } from '../http/request-context.js';
import { EventFeed } from './event-feed.js';
import { EVENT_LISTING } from './event.listing.js';
import { EventPageView, EventView } from './event.view.js';
import { ReadEvents } from './read-events.js';
import { resumeEvents } from './resume-events.js';

const STREAM = 'text/event-stream';
/** What a page has, and a stream has not. */
const OF_PAGES = ['sort', 'limit', 'cursor', 'total'];
/** A reader that has not taken an event for so long is cut off. */
const WRITE_LIMIT_MS = 30_000;

const DESCRIPTION =
  'Every accepted change and every change of a status, as CloudEvents, in one order. As JSON it is a page, newest first. ' +
  'With `Accept: text/event-stream` it is a stream (server-sent events) of the same, oldest first, with the same filters ' +
  'and `fields`: from now on, or after the event that `Last-Event-ID` names. Whoever goes on after the last id that it has ' +
  'seen misses none and gets none twice, at whichever process. A stream ends when the process stops, when its reader takes ' +
  'nothing for 30 seconds, or when its token is no more. ';

const EXAMPLE = `id: 1-4711
data: {"specversion":"1.0","id":"1-4711","source":"urn:uuid:9d0e2b7e-0a43-4a43-8d8c-0d4c8f3a5b6e","type":"node.lost","time":"2026-11-23T10:00:00.000Z","subject":"/v1/nodes/7c9e6679-7425-40de-944b-e07fc1f90ae7","datacontenttype":"application/json","data":{"objectType":"node","objectId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","virtualServiceId":null,"name":"web-1","tags":{},"revision":null,"actor":null,"requestId":null,"ticket":null,"condition":null,"before":{"state":"connected"},"after":{"state":"away","lastSeenAt":"2026-11-23T09:59:30.000Z"}}}

`;

@Controller('/v1/events')
@ApiTags('Events')
@ApiProblems(400, 401, 410, 429, 503)
@ApiExtraModels(EventPageView, EventView)
export class EventsController {
  constructor(
    @Inject(ReadEvents) private readonly events: ReadEvents,
    @Inject(EventFeed) private readonly feed: EventFeed,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List events, newest first, or follow them as a stream',
    description: DESCRIPTION + FINDING,
  })
  @ConditionalRead()
  @ApiHeader({
    name: 'Last-Event-ID',
    description: 'Of a stream: the id of the last event that was seen; left out: what comes from now on.',
    required: false,
    schema: { type: 'string', maxLength: 255 },
  })
  @ApiOkResponse({
    description: 'A page, or a stream of events, each with its `id` and as JSON in `data`.',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(EventPageView) } },
      [STREAM]: { schema: { type: 'string' }, example: EXAMPLE },
    },
  })
  async listEvents(
    @ListParameters(EVENT_LISTING) query: ListQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<EventPageView | Observable<never>> {
    if (request.accepts(['application/json', STREAM]) !== STREAM) return this.events.page(query);
    requireOfStreams(request);
    await this.stream(query, request, response);
    // It is answered already; Nest must not answer again.
    return NEVER;
  }

  private async stream(
    { conditions, fields }: ListQuery,
    request: Request,
    response: Response,
  ): Promise<void> {
    // Its head is all there is of an answer to HEAD: as a stream it would never end, and keep its connection from its client.
    if (request.method === 'HEAD') {
      sendEventStreamHead(response);
      response.end();
      return;
    }
    const tokenId = requestContext().actor?.id ?? '';
    const stream = await this.feed.open(
      { conditions, fields, tokenId },
      () => resumeEvents(this.events, request.get('Last-Event-ID')),
      () => {
        sendEventStreamHead(response);
        return eventSink(response, WRITE_LIMIT_MS);
      },
    );
    response.on('close', () => stream.end(false));
    if (response.destroyed) stream.end(false);
  }
}

function requireOfStreams({ query }: Request): void {
  const [first, ...others] = OF_PAGES.filter((name) => Object.hasOwn(query, name)).map((name) =>
    violation('parameter-invalid', name, `${name} is for pages, and not for a stream.`, 'Leave it out.'),
  );
  if (first !== undefined) throw invalidRequest(first, ...others);
}
