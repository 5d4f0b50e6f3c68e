import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, get, type ClientRequest, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { REPORT_INTERVAL_MS } from '../contract/report.js';
import { ask, textOf } from './ask.js';

let server: Server;

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const never = new AbortController().signal;

it('sends a body as JSON with its length in bytes, and reads the answer in any alphabet', async () => {
  const url = await serve((request, response) => {
    const { 'content-type': type, 'content-length': length } = request.headers;
    request.resume().on('end', () => response.end(`${request.method} ${type} ${length} 漢`));
  });
  const answer = await ask(url, { method: 'PUT', body: '"ä"', signal: never });
  expect([answer.ok, answer.status]).toEqual([true, 200]);
  expect(await textOf(answer)).toBe('PUT application/json 4 漢');
});

it('takes a redirect for a refusal, and carries no credential to another place', async () => {
  const asked: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  const answer = await ask(`${url}/here`, { method: 'GET', headers: { authorization: 'x' }, signal: never });
  expect([answer.ok, answer.status, asked]).toEqual([false, 307, ['/here']]);
});

it('keeps the connection for the next request once an answer was read', async () => {
  const ports = new Set<number | undefined>();
  const url = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.end('ok');
  });
  for (let turn = 0; turn < 3; turn += 1) await textOf(await ask(url, { method: 'GET', signal: never }));
  expect(ports.size).toBe(1);
});

it('ends with the reason of the signal, before the answer and amid it', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/part') response.write('a part');
  });
  for (const path of ['/none', '/part']) {
    const stop = new AbortController();
    const asking = ask(`${url}${path}`, { method: 'GET', signal: stop.signal }).then((answer) =>
      textOf(answer),
    );
    setTimeout(() => stop.abort(new Error('enough')), 20);
    await expect(asking, path).rejects.toThrow('enough');
  }
});

it('rejects when the other end breaks off', async () => {
  const url = await serve((_request, response) => {
    response.write('a part');
    setTimeout(() => response.destroy(), 10);
  });
  const answer = await ask(url, { method: 'GET', signal: never });
  await expect(textOf(answer)).rejects.toThrow(/aborted/);
});

it('keeps its connection for longer than Node would, as reports are 10 s apart', async () => {
  const url = await serve((_, response) => response.end('taken'));
  server.keepAliveTimeout = 75_000;
  const [own] = await connectionsOf(async () =>
    textOf(await ask(url, { method: 'PUT', body: '{}', signal: never })),
  );
  expect(own?.timeout).toBeGreaterThan(2 * REPORT_INTERVAL_MS);
  const nodes = await connectionsOf(
    () => new Promise((resolve) => get(url, (response) => response.resume().on('end', resolve))),
  );
  expect(nodes[0]?.timeout, 'what Node does (control)').toBeLessThan(REPORT_INTERVAL_MS);
});

/** Those that were used; each says how long it is kept while nothing is sent. */
async function connectionsOf(work: () => Promise<unknown>): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  const listener = (message: unknown): void => {
    const { socket } = (message as { request: ClientRequest }).request;
    if (socket !== null) sockets.push(socket);
  };
  subscribe('http.client.response.finish', listener);
  await work();
  unsubscribe('http.client.response.finish', listener);
  // It is put back for the next request, with its limit, in a step of its own.
  await new Promise((resolve) => setTimeout(resolve, 20));
  return sockets;
}
