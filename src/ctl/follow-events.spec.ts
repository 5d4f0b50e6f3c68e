import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { ApiClient } from './api-client.js';
import { followEvents } from './follow-events.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const server = createServer();
afterEach(() => {
  server.closeAllConnections();
  server.close();
  vi.restoreAllMocks();
});

/** A control plane that answers so, one request after the other, and keeps what streams were asked to begin after. */
async function answering(...answers: Answer[]): Promise<{ api: ApiClient; begins: (string | undefined)[] }> {
  const begins: (string | undefined)[] = [];
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  server.removeAllListeners('request').on('request', (request, response: ServerResponse) => {
    if (request.headers.accept === 'text/event-stream')
      begins.push(request.headers['last-event-id'] as string);
    answers.shift()?.(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { api: new ApiClient({ apiUrl: `http://127.0.0.1:${port}`, token: 't' }, 5_000), begins };
}

const page =
  (...ids: string[]): Answer =>
  (_request, response) =>
    response.end(JSON.stringify({ items: ids.map((id) => ({ id })), nextCursor: null }));

const stream =
  (end: 'ended' | 'broken', ...ids: string[]): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(ids.map((id) => `id: ${id}\ndata: ${JSON.stringify({ id })}\n\n`).join(''), () =>
      end === 'ended' ? response.end() : response.destroy(),
    );
  };

const refusal =
  (status: number, code: string): Answer =>
  (_request, response) => {
    response.writeHead(status).end(JSON.stringify({ status, code, detail: 'No.' }));
  };

async function followed(api: ApiClient, count: number, after?: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of followEvents(api, [], after)) if (ids.push(id) === count) break;
  return ids;
}

it('goes on after the last event that it has had, however a connection ends', async () => {
  const { api, begins } = await answering(
    stream('ended', '1-8', '1-9'),
    refusal(503, 'database-unavailable'),
    stream('broken', '1-10'),
    stream('ended', '1-11'),
  );
  expect(await followed(api, 4, '1-7')).toEqual(['1-8', '1-9', '1-10', '1-11']);
  expect(begins).toEqual(['1-7', '1-9', '1-9', '1-10']);
});

it('misses nothing from the moment when it was started, also where the first connection breaks', async () => {
  const { api, begins } = await answering(page('1-7'), stream('broken'), stream('ended', '1-8'));
  expect(await followed(api, 1)).toEqual(['1-8']);
  expect(begins).toEqual(['1-7', '1-7']);
});

it('ends where the API says that it cannot go on from there', async () => {
  const { api } = await answering(refusal(410, 'events-forgotten'));
  await expect(followed(api, 1, '1-1')).rejects.toThrow('410 events-forgotten');
});
