/**
 * One HTTP request of a node, over Node's own client. `fetch` would load a second client with a WebAssembly parser: a
 * third of the memory of an agent that waits, on every real server there is. A redirect is an answer like any other,
 * and followed by nobody: the credential goes where the node was told to send it.
 */
import { once } from 'node:events';
import {
  Agent,
  request as overHttp,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';

/**
 * For longer than nodes wait between two reports, which by Node's own limit of 5 s would open a connection each, with
 * its handshakes; and for less than the API keeps one.
 */
const KEPT = { keepAlive: true, timeout: 30_000 } as const;
const OVER_HTTP = new Agent(KEPT);

export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: string;
  /** Ends request and answer, whatever stage they are at; its reason is what is thrown. */
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** 2xx */
  readonly ok: boolean;
  /** To be read to its end, or left by an error, so that the connection is free again. */
  readonly chunks: AsyncIterable<Buffer>;
}

/** Resolves when the head of the answer is there. */
export async function ask(url: string, { signal, body, ...rest }: Question): Promise<Answer> {
  return orReason(signal, async () => {
    const request = await open(new URL(url), { method: rest.method, headers: headersOf(rest, body), signal });
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    // From here on errors are those of the answer.
    request.on('error', () => undefined);
    const status = response.statusCode ?? 0;
    return { status, ok: status >= 200 && status < 300, chunks: chunksOf(response, signal) };
  });
}

export async function textOf({ chunks }: Answer): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8');
}

type Open = (url: URL, options: RequestOptions) => ClientRequest;

let overTls: Promise<Open> | undefined;

/** TLS is loaded by those who need it. */
async function open(url: URL, options: RequestOptions): Promise<ClientRequest> {
  if (url.protocol !== 'https:') return overHttp(url, { ...options, agent: OVER_HTTP });
  overTls ??= loadTls();
  return (await overTls)(url, options);
}

async function loadTls(): Promise<Open> {
  const https = await import('node:https');
  const agent = new https.Agent(KEPT);
  return (url, options) => https.request(url, { ...options, agent });
}

function headersOf({ headers }: Pick<Question, 'headers'>, body: string | undefined): Record<string, string> {
  if (body === undefined) return { ...headers };
  return {
    ...headers,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  };
}

async function* chunksOf(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Buffer> {
  const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    for (;;) {
      const { done, value } = await orReason(signal, () => chunks.next());
      if (done === true) return;
      yield value;
    }
  } finally {
    response.destroy();
  }
}

async function orReason<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
