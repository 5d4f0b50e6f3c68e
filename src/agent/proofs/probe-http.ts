/**
 * Asks a service on its VIP for a page, as its health check would. A certificate is not judged: that is for the clients,
 * who know which name they want. TLS is loaded when it is first needed: it is a tenth of what a waiting agent keeps.
 */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import type { HttpQuestion } from '../../contract/documents.js';
import { isIpv6 } from '../../contract/canonical-address.js';
import type { Outcome } from './outcome.js';
import { outcomeOf } from './probe-tcp.js';

/** Of a page, beside the directors' check, which reads as much. */
const MOST_BODY_BYTES = 65_536;

export async function probeHttp(
  vip: string,
  port: number,
  question: HttpQuestion,
  timeoutMs: number,
): Promise<Outcome> {
  const ask = question.scheme === 'https' ? (await import('node:https')).request : httpRequest;
  return new Promise((resolve) => {
    const request = ask(optionsOf(vip, port, question, timeoutMs));
    let connected = false;
    const settle = (outcome: Outcome): void => {
      request.destroy();
      resolve(outcome);
    };
    request.on('socket', (socket) => socket.once('connect', () => (connected = true)));
    const fail = (error: Error): void =>
      settle(connected ? { kind: 'no-http', detail: detailOf(error, timeoutMs) } : outcomeOf(error));
    request.on('response', (response) => void judge(response, question).then(settle, fail));
    request.on('error', fail);
    request.end();
  });
}

function detailOf({ name, message }: Error, timeoutMs: number): string {
  return name === 'AbortError' ? `nothing within ${timeoutMs} ms` : message;
}

function optionsOf(vip: string, port: number, question: HttpQuestion, timeoutMs: number): RequestOptions {
  const { path, host, method = 'GET' } = question;
  const headers = { host: host ?? (isIpv6(vip) ? `[${vip}]` : vip), connection: 'close' };
  const bounded = { agent: false, signal: AbortSignal.timeout(timeoutMs) };
  const tls = { rejectUnauthorized: false, ...(host === null ? {} : { servername: nameIn(host) }) };
  return { host: vip, port, localAddress: vip, method, path, headers, ...bounded, ...tls };
}

/** Without a port, and empty for an address, which is no name that TLS could ask for. */
function nameIn(host: string): string {
  const name = host.replace(/:\d+$/, '');
  return /[a-z]/i.test(name) && !name.includes(':') ? name : '';
}

async function judge(response: IncomingMessage, question: HttpQuestion): Promise<Outcome> {
  const { statusCode: status = 0 } = response;
  const { expectedStatus, expectedBody } = question;
  if (status !== expectedStatus) return { kind: 'other-status', status };
  if (expectedBody === undefined) return { kind: 'answered' };
  return { kind: (await beginningOf(response)).includes(expectedBody) ? 'answered' : 'other-body' };
}

/** A page without end must not fill the memory of this host. */
async function beginningOf(response: IncomingMessage): Promise<Buffer> {
  let body = Buffer.alloc(0);
  for await (const chunk of response as AsyncIterable<Buffer>) {
    body = Buffer.concat([body, chunk]);
    if (body.length >= MOST_BODY_BYTES) break;
  }
  return body.subarray(0, MOST_BODY_BYTES);
}
