/**
 * Asks a server for a page, as a client would, and judges status and body. A redirect is an answer like any other and is
 * not followed. TLS has to be agreed on, but the certificate is not judged: that is for the clients, who know which name
 * they want. Of a body no more is read than LONGEST_BODY.
 */
import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { isIPv6 } from 'node:net';
import type { HealthPage } from '../../../contract/documents.js';
import type { Asked } from './asked.js';
import { ANSWERED, failed, outcomeOf, timedOut, type Outcome } from './outcome.js';

const LONGEST_BODY = 65_536;

/** A connection for each question: one that is kept would tell nothing of new ones. */
const ONE_EACH = new Agent({ keepAlive: false });
let secureAgent: RequestOptions['agent'];

/** Loaded when it is first needed. No session is resumed: every handshake is a whole one. */
async function tls() {
  const { Agent: SecureAgent, request } = await import('node:https');
  secureAgent ??= new SecureAgent({ keepAlive: false, maxCachedSessions: 0 });
  return { request, agent: secureAgent };
}

/** How far an exchange has come. */
type Stage = 'connection' | 'TLS handshake' | 'response';

export async function askHttp(asked: Asked): Promise<Outcome> {
  const { question } = asked;
  const { type, timeoutMs, http: page } = question;
  if (page === undefined) return { kind: 'not-asked', message: 'The check names no page.' };
  const secure = type === 'https';
  const { request: ask, agent } = secure ? await tls() : { request: httpRequest, agent: ONE_EACH };
  return new Promise((resolve) => {
    let stage: Stage = 'connection';
    const request = ask({ ...optionsOf(asked, page), agent });
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      resolve(outcome);
      request.destroy();
    };
    const late = (): void => settle(timedOut(timeoutMs, stage));
    // On a busy host the time may be over before Node has looked at what has arrived; it does before an immediate.
    const timer = setTimeout(() => setImmediate(late), timeoutMs);
    request.on('socket', (socket) => {
      socket.once('connect', () => (stage = secure ? 'TLS handshake' : 'response'));
      socket.once('secureConnect', () => (stage = 'response'));
    });
    request.on('error', (error) => settle(failureAt(stage, error)));
    request.on('response', (response) => void judgedResponse(response, page).then(settle));
    request.end();
  });
}

function optionsOf({ host, from, question }: Asked, page: HealthPage): RequestOptions {
  const { path, method, host: named } = page;
  const unjudged = { rejectUnauthorized: false, servername: named === null ? '' : nameIn(named) };
  return {
    host,
    port: question.port,
    ...(from === null ? {} : { localAddress: from }),
    method,
    path,
    headers: {
      host: named ?? (isIPv6(host) ? `[${host}]` : host),
      'user-agent': 'homeward-health-check',
      connection: 'close',
    },
    ...unjudged,
  };
}

/** Without a port, and empty for an address, which is no name that TLS could ask for. */
function nameIn(host: string): string {
  const name = host.replace(/:\d+$/, '');
  return /[a-z]/i.test(name) && !name.includes(':') ? name : '';
}

function failureAt(stage: Stage, error: Error): Outcome {
  if (stage === 'connection') return outcomeOf(error);
  return failed(
    stage === 'response' ? 'NoHttp' : 'TlsFailed',
    `It took the connection, and then: ${error.message}`,
  );
}

async function judgedResponse(response: IncomingMessage, page: HealthPage): Promise<Outcome> {
  const { expectedStatus, expectedBody } = page;
  const { statusCode = 0 } = response;
  if (statusCode !== expectedStatus) {
    return failed('UnexpectedStatus', `It answered with status ${statusCode}, not ${expectedStatus}.`);
  }
  if (expectedBody === undefined || (await bodyHolds(response, expectedBody))) return ANSWERED;
  return failed('UnexpectedBody', 'Its page does not contain the expected text.');
}

/** As soon as the text has come, whatever follows. Where the page is cut off, what came counts. */
async function bodyHolds(response: IncomingMessage, text: string): Promise<boolean> {
  let body = Buffer.alloc(0);
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      body = Buffer.concat([body, piece]).subarray(0, LONGEST_BODY);
      if (body.includes(text)) return true;
      if (body.length === LONGEST_BODY) return false;
    }
  } catch {
    return false;
  }
  return false;
}
