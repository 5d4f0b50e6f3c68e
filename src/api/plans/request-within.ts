/**
 * Hands a request to the application without a connection, as part of the request that is being answered: what runs for it
 * sees the same transaction. What Node makes of a connection is made here of a stream that leads nowhere.
 */
import { IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

export interface RequestWithin {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: without a body. */
  readonly text: string | undefined;
}

export interface AnswerWithin {
  readonly status: number;
  readonly text: string;
}

/** @param application answers with a body of known length, or without one. */
export function requestWithin(application: RequestListener, asked: RequestWithin): Promise<AnswerWithin> {
  const sent: Buffer[] = [];
  const nowhere = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      sent.push(chunk);
      done();
    },
  });
  const request = requestOn(nowhere as Socket, asked);
  const response = new ServerResponse(request);
  response.assignSocket(nowhere as Socket);
  return new Promise((resolve, reject) => {
    response.once('finish', () =>
      resolve({ status: response.statusCode, text: bodyOf(Buffer.concat(sent)) }),
    );
    response.once('close', () => reject(new Error('a request within a request was not answered')));
    application(request, response);
  });
}

function requestOn(socket: Socket, { method, path, headers, text }: RequestWithin): IncomingMessage {
  const request = new IncomingMessage(socket);
  request.method = method;
  request.url = path;
  request.httpVersion = '1.1';
  const body = text === undefined ? null : Buffer.from(text);
  const length = body === null ? {} : { 'content-length': String(body.length) };
  request.headers = { ...headers, ...length };
  // All of it is there: that nobody reads it is no reason to take the connection for broken.
  request.complete = true;
  if (body !== null) request.push(body);
  request.push(null);
  return request;
}

/** What stands behind the head of an HTTP answer. */
function bodyOf(answer: Buffer): string {
  return answer.subarray(answer.indexOf('\r\n\r\n') + 4).toString('utf8');
}
