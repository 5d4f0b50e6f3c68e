import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalServers } from '../../../../test/support/local-servers.js';
import { CERTIFICATE, KEY } from '../../../../test/support/nobodys-certificate.js';
import type { HealthPage, HealthQuestion, UdpExchange } from '../../../contract/documents.js';
import { ask } from './ask.js';

const HOST = '127.0.0.1';
/** Local as well. */
const FROM = '127.0.0.3';
const TIMES = { intervalMs: 1_000, timeoutMs: 300, rise: 1, fall: 1 };
const PAGE: HealthPage = { method: 'GET', path: '/', host: null, expectedStatus: 200 };
const ANSWERED = { kind: 'answered' };
const servers = new LocalServers();

afterEach(() => servers.close());

function tcp(port: number, host = HOST, from: string | null = FROM) {
  return ask({ host, from, question: { type: 'tcp', port, ...TIMES } });
}

function page(port: number, wishes: Partial<HealthPage> = {}, type: 'http' | 'https' = 'http') {
  const question: HealthQuestion = { type, port, ...TIMES, http: { ...PAGE, ...wishes } };
  return ask({ host: HOST, from: FROM, question });
}

function udp(port: number, expected: UdpExchange['expected']) {
  const payload = Buffer.from('ping').toString('base64');
  const question: HealthQuestion = { type: 'udp', port, ...TIMES, udp: { payload, expected } };
  return ask({ host: HOST, from: FROM, question });
}

describe('a TCP check', () => {
  it('is answered by a connection, which begins at the address that it is told, and ends by a reset', async () => {
    const seen: string[] = [];
    const server = createServer((socket) => {
      seen.push(socket.remoteAddress ?? '');
      socket.on('error', (error) => seen.push(error.message));
      socket.resume();
    });
    expect(await tcp(await servers.listen(server))).toEqual(ANSWERED);
    await expect.poll(() => seen).toEqual([FROM, 'read ECONNRESET']);
  });

  it('is refused where nobody listens, over IPv6 too', async () => {
    expect(await tcp(await servers.unusedPort())).toMatchObject({ kind: 'failed', reason: 'Refused' });
    expect(await tcp(await servers.unusedPort(), '::1', null)).toMatchObject({ reason: 'Refused' });
  });

  it('says nothing about the server where it could not be asked', async () => {
    const port = await servers.listen(createServer());
    expect(await tcp(port, HOST, '192.0.2.99')).toMatchObject({ kind: 'not-asked' });
  });
});

describe('an HTTP check', () => {
  const serve = (listener: RequestListener) => servers.listen(createHttp(listener));

  it('asks for what it is told, and for the VIP where no host is named', async () => {
    const asked: string[] = [];
    const port = await serve(({ method, url, headers }, response) => {
      asked.push(`${method} ${url} ${headers.host}`);
      response.writeHead(204).end();
    });
    const wanted = { path: '/up?deep=1', expectedStatus: 204 };
    expect(await page(port, wanted)).toEqual(ANSWERED);
    expect(await page(port, { ...wanted, method: 'HEAD', host: 'shop.example' })).toEqual(ANSWERED);
    expect(asked).toEqual([`GET /up?deep=1 ${HOST}`, 'HEAD /up?deep=1 shop.example']);
  });

  it('follows no redirect', async () => {
    const port = await serve(({ url }, response) => {
      if (url === '/there') response.end('here');
      else response.writeHead(302, { location: '/there' }).end();
    });
    const outcome = await page(port);
    expect(outcome).toMatchObject({ reason: 'UnexpectedStatus', message: expect.stringContaining('302') });
    expect(await page(port, { expectedStatus: 302 })).toEqual(ANSWERED);
  });

  it('looks for its text in the beginning of the page, and reads no further', async () => {
    const port = await serve(({ url }, response) => {
      response.write('x'.repeat(url === '/far' ? 70_000 : 60_000));
      // Neither ever ends.
      response.write('all is well');
    });
    const answers = (path: string) => page(port, { path, expectedBody: 'is well' });
    expect(await answers('/near')).toEqual(ANSWERED);
    expect(await answers('/far')).toMatchObject({ reason: 'UnexpectedBody' });
    const short = await serve((_, response) => response.end('all is well'));
    expect(await page(short, { expectedBody: 'is well' })).toEqual(ANSWERED);
    expect(await page(short, { expectedBody: 'is bad' })).toMatchObject({ reason: 'UnexpectedBody' });
  });

  it('fails of silence, of what is no HTTP, and of nobody there', async () => {
    expect(await page(await serve(() => undefined))).toMatchObject({
      reason: 'TimedOut',
      message: 'No response within 300 ms.',
    });
    const mail = await servers.listen(createServer((socket) => socket.end('220 mail ready\r\n')));
    expect(await page(mail)).toMatchObject({ reason: 'NoHttp' });
    expect(await page(await servers.unusedPort())).toMatchObject({ reason: 'Refused' });
  });

  it('over TLS takes any certificate, and no server without TLS', async () => {
    const names: unknown[] = [];
    const server = createHttps({ key: KEY, cert: CERTIFICATE }, ({ socket }, response) => {
      names.push('servername' in socket ? socket.servername : undefined);
      response.end('well');
    });
    const port = await servers.listen(server);
    expect(await page(port, { expectedBody: 'well' }, 'https')).toEqual(ANSWERED);
    expect(await page(port, { host: 'shop.example:8443' }, 'https')).toEqual(ANSWERED);
    expect(names).toEqual([false, 'shop.example']);
    const plain = await serve((_, response) => response.end());
    expect(await page(plain, {}, 'https')).toMatchObject({ reason: 'TlsFailed' });
    const silent = await servers.listen(createServer());
    expect(await page(silent, {}, 'https')).toMatchObject({ message: 'No TLS handshake within 300 ms.' });
  });
});

describe('a UDP check', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  async function reply(text: string | null): Promise<number> {
    const socket = createSocket('udp4');
    servers.keep(socket);
    socket.on('message', (asked, { port, address }) => {
      if (text !== null) socket.send(`${text}${asked.toString()}`, port, address);
    });
    socket.bind(0, HOST);
    await once(socket, 'listening');
    return socket.address().port;
  }

  it('is answered by a reply that begins as expected', async () => {
    const port = await reply('pong to ');
    expect(await udp(port, base64('pong'))).toEqual(ANSWERED);
    expect(await udp(port, '')).toEqual(ANSWERED);
    expect(await udp(port, base64('pong to ping and more'))).toMatchObject({ reason: 'UnexpectedReply' });
  });

  it('fails of silence unless no reply is waited for, and of a closed port in any case', async () => {
    const silent = await reply(null);
    expect(await udp(silent, '')).toMatchObject({ reason: 'TimedOut' });
    expect(await udp(silent, null)).toEqual(ANSWERED);
    const socket = createSocket('udp4').bind(0, HOST);
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    await once(socket, 'close');
    expect(await udp(port, null)).toMatchObject({ reason: 'Refused' });
  });
});
