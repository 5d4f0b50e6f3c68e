/**
 * Reads the body of a request, and no more of it than is allowed. A body that is refused is left to Node, which
 * lets it run dry without keeping it, bounded by the request timeout of the server.
 */
import type { IncomingMessage } from 'node:http';
import { Failed, failure } from '../../domain/failure.js';

/** Thrown when the client went away before it had sent its body; nobody is left to answer. */
export class RequestAborted extends Error {
  constructor() {
    super('the client went away');
    this.name = 'RequestAborted';
  }
}

export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  // A declared length is enough to refuse before a byte is read. It is no reason to trust that it holds.
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  if (request.readableEnded) return Buffer.alloc(0);
  if (request.destroyed) throw new RequestAborted();
  return collect(request, limit);
}

function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (outcome: () => void) => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      outcome();
    };
    const onEnd = () => settle(() => resolve(Buffer.concat(chunks, size)));
    const onClose = () => settle(() => reject(new RequestAborted()));
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else settle(() => reject(tooLarge(limit)));
    };
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

function tooLarge(limit: number): Failed {
  const message = `The body is larger than ${limit} bytes.`;
  return new Failed(failure('payload-too-large', 'body-too-large', message, 'Send it in smaller parts.'));
}
