/** `homeward ctl` where what it asks is not as it should be, or nobody can take what it says: scripts must be told. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCtl, runCtlInShell } from '../support/run-ctl.js';

const TOKEN = 'hwt_whoever';
const server = createServer((_request, response) => answer(response));
let answer: (response: ServerResponse) => unknown;
let apiUrl: string;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const says =
  (body: string, status = 200) =>
  (response: ServerResponse): unknown =>
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);

it('gives up on an API that hangs, before its answer or within it', async () => {
  const parts = ['', '{"items": ['];
  answer = (response) => {
    const part = parts.pop();
    if (part !== undefined && part !== '') response.write(part);
  };
  const hanging = parts.map(() => runCtl({ apiUrl, token: TOKEN }, ['get', 'vs', '--timeout', '1']));
  for (const { code, stderr } of await Promise.all(hanging))
    expect([code, stderr]).toEqual([6, expect.stringContaining('no answer within 1 s')]);
});

it('finds no difference where something else than the API answers', async () => {
  answer = says('<html>Log in</html>');
  const { code, stderr } = await runCtl({ apiUrl, token: TOKEN }, ['diff', '-f', '-'], 'virtualServices: []');
  expect([code, stderr]).toEqual([6, expect.stringContaining('is it the right address?')]);
});

it('does not call it done when the disk is full', async () => {
  answer = says('virtualServices: []\n');
  const ended = await runCtlInShell({ apiUrl, token: TOKEN }, 'export', ' > /dev/full');
  expect([ended.code, ended.stderr]).toEqual([6, expect.stringContaining('ENOSPC')]);
});

it('says all of a long answer into a pipe, and is quiet when its reader has seen enough', async () => {
  const text = 'a line of forty characters, more or less\n'.repeat(50_000);
  answer = says(text);
  const whole = await runCtlInShell({ apiUrl, token: TOKEN }, 'export', ' | { sleep 0.2; cat; }');
  expect([whole.code, whole.stdout.length]).toEqual([0, text.length]);
  const cut = await runCtlInShell({ apiUrl, token: TOKEN }, 'export', ' | head -n 1');
  expect([cut.code, cut.stderr]).toEqual([0, '']);
});

it('lets nobody move the cursor of who reads why', async () => {
  answer = says('no \u001b[2J service', 404);
  const { code, stderr } = await runCtl({ apiUrl, token: TOKEN }, ['get', 'nodes', 'x']);
  expect([code, stderr]).toEqual([4, expect.not.stringContaining('\u001b')]);
});

it('shows no token that it cannot send, and takes no ticket that it cannot', async () => {
  const two = await runCtl({ apiUrl, token: `${TOKEN}\n${TOKEN}` }, ['get', 'vs']);
  expect([two.code, two.stderr]).toEqual([2, expect.not.stringContaining(TOKEN)]);
  const ticket = await runCtl({ apiUrl, token: TOKEN }, ['rollback', '0', '--ticket', 'Änderung']);
  expect([ticket.code, ticket.stderr]).toEqual([2, expect.stringContaining('--ticket')]);
});
