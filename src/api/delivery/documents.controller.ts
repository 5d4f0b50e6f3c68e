import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { DOCUMENTS_PATH, HEARTBEAT_MS } from '../../contract/stream.js';
import { ForNodes } from '../http/access.js';
import { currentNode } from '../http/request-context.js';
import { DocumentFeed } from './document-feed.js';
import { DocumentStream, type EventSink } from './document-stream.js';
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
    const stream = new DocumentStream(node, sinkOf(response));
    // Before anything is waited for: a node that has hung up by then would never be heard of again.
    response.on('close', () => this.feed.close(stream));
    const since = await this.opening.note(node, query);
    if (response.destroyed) return;
    sendHead(response);
    try {
      await this.feed.open(stream, since);
    } catch {
      response.destroy();
    }
    if (response.destroyed) this.feed.close(stream);
  }
}

function sendHead(response: Response): void {
  response.socket?.setNoDelay(true);
  response.socket?.setKeepAlive(true);
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    // Asks proxies such as nginx not to collect events before passing them on.
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
}

function sinkOf(response: Response): EventSink {
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        if (response.destroyed) reject(new Error('the node is gone'));
        const tooSlow = setTimeout(() => reject(new Error('the node takes nothing')), WRITE_LIMIT_MS);
        response.write(text, (error) => {
          clearTimeout(tooSlow);
          if (error) reject(error);
          else resolve();
        });
      }),
    end: () => response.destroy(),
  };
}
