import express from 'express';
import { AsyncLocalStorage } from 'node:async_hooks';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { requestWithin } from './request-within.js';

const place = new AsyncLocalStorage<string>();
const application = express();
application.post('/things/:id', (request, response) => {
  const answer = async (): Promise<void> => {
    await setImmediate();
    const body = await text(request);
    const told = { body, id: request.params.id, query: request.query, tag: request.get('If-Match') };
    response.status(201).json({ ...told, place: place.getStore() });
  };
  void answer();
});
application.delete('/things/:id', (_request, response) => void response.status(204).end());
application.put('/things/:id', (_request, response) => void response.destroy());

const ask = (method: string, body?: string) =>
  requestWithin(application, { method, path: '/things/ä?a=b', headers: { 'if-match': '"1"' }, text: body });

it('is answered as one that came over a connection, in the context of who asks', async () => {
  const answer = await place.run('here', () => ask('POST', '{"ü": 1}'));
  expect(answer.status).toBe(201);
  expect(JSON.parse(answer.text)).toEqual({
    body: '{"ü": 1}',
    id: 'ä',
    query: { a: 'b' },
    tag: '"1"',
    place: 'here',
  });
});

it('is answered without a body, and where nobody reads what it sends', async () => {
  expect(await ask('DELETE')).toEqual({ status: 204, text: '' });
  expect((await ask('PATCH', 'x'.repeat(1_000_000))).status).toBe(404);
});

it('fails where it is not answered', async () => {
  await expect(ask('PUT')).rejects.toThrow('was not answered');
});
