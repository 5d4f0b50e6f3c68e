import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { DOCUMENTS_PATH, HEARTBEAT_MS } from '../../contract/stream.js';
import { ForNodes } from '../http/access.js';
import { eventSink, sendEventStreamHead } from '../http/event-sink.js';
import { currentNode } from '../http/request-context.js';
import { DocumentFeed } from './document-feed.js';
import { DocumentStream } from './document-stream.js';
import { PositionQuery } from './position.query.js';
import { StreamOpening } from './stream-opening.js';

/** A node that has not taken an event for as long as it waits for one itself is gone. */
const WRITE_LIMIT_MS = 3 * HEARTBEAT_MS;

/** The stream that nodes hold open. */
@Controller()
@ApiExcludeController()
export class DocumentsController {
  constructor(
    @Inject(DocumentFeed) private readonly feed: DocumentFeed,
    @Inject(StreamOpening) private readonly opening: StreamOpening,
  ) {}

  @Get(DOCUMENTS_PATH)
  @ForNodes()
  async stream(@Query() query: PositionQuery, @Res() response: Response): Promise<void> {
    const node = currentNode();
    const stream = new DocumentStream(node, eventSink(response, WRITE_LIMIT_MS));
    // Before anything is waited for: a node that has hung up by then would never be heard of again.
    response.on('close', () => this.feed.close(stream));
    const since = await this.opening.note(node, query);
    if (response.destroyed) return;
    sendEventStreamHead(response);
    try {
      await this.feed.open(stream, since);
    } catch {
      response.destroy();
    }
    if (response.destroyed) this.feed.close(stream);
  }
}
