import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { DOCUMENTS_PATH } from '../../contract/stream.js';
import { ForNodes } from '../http/access.js';
import { currentNode, type NodeIdentity } from '../http/request-context.js';
import { DocumentFeed } from './document-feed.js';
import { DocumentStream, type EventSink } from './document-stream.js';
import { DIRECTORS_SCOPE } from './publish/write-documents.js';
import { PositionQuery } from './position.query.js';
import { StreamOpening } from './stream-opening.js';

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
    const since = await this.opening.note(node, query);
    sendHead(response);
    const stream = new DocumentStream(scopeOf(node), sinkOf(response), () => response.destroy());
    response.on('close', () => this.feed.close(stream));
    try {
      await this.feed.open(stream, since);
    } catch (error) {
      this.feed.close(stream);
      response.destroy(error instanceof Error ? error : undefined);
    }
  }
}

function scopeOf(node: NodeIdentity): string {
  return node.role === 'director' ? DIRECTORS_SCOPE : node.id;
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
        else response.write(text, (error) => (error ? reject(error) : resolve()));
      }),
  };
}
