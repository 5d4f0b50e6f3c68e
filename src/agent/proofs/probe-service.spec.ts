import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpQuestion } from '../../contract/documents.js';
import { createServer as createTlsServer } from 'node:https';
import { LocalServers } from '../../../test/support/local-servers.js';
import { CERTIFICATE, KEY } from '../../../test/support/nobodys-certificate.js';
import { serviceProbe } from './probe-service.js';

/** Every host holds it, on loopback. */
const VIP = '127.0.0.1';
const VIP6 = '::1';
/** Local as well, and not the VIP. */
const ELSEWHERE = '127.0.0.2';
const probeService = serviceProbe({ answerMs: 200, pageMs: 200 });
const QUESTION: HttpQuestion = { scheme: 'http', path: '/', host: null, expectedStatus: 200 };

const servers = new LocalServers();

afterEach(() => servers.close());

/** Answers each datagram from a socket that is bound to `from`; without it, not at all. */
async function listenUdp(address: string, from?: string): Promise<number> {
  const type = address.includes(':') ? 'udp6' : 'udp4';
  const [socket, answers] = [createSocket(type), createSocket(type)];
  servers.keep(socket, answers);
  socket.bind(0, address);
  await once(socket, 'listening');
  if (from === undefined) return socket.address().port;
  if (from === address) socket.on('message', (_, peer) => socket.send('here', peer.port, peer.address));
  else {
    answers.bind(0, from);
    socket.on('message', (_, peer) => answers.send('here', peer.port, peer.address));
  }
  return socket.address().port;
}

async function ask(protocol: 'tcp' | 'udp', port: number, vip = VIP, http?: HttpQuestion) {
  const [first] = await probeService(vip, { protocol, port, endPort: port, ...(http && { http }) });
  return first?.outcome;
}

describe('a TCP service', () => {
  it('that listens on the VIP answers', async () => {
    expect(await ask('tcp', await servers.listen(createServer()))).toEqual({ kind: 'answered' });
    expect(await ask('tcp', await servers.listen(createServer(), VIP6), VIP6)).toEqual({ kind: 'answered' });
  });

  it('that listens on another address of the host refuses', async () => {
    expect(await ask('tcp', await servers.listen(createServer(), ELSEWHERE))).toEqual({ kind: 'refused' });
  });

  it('is not asked for a VIP that the host does not hold', async () => {
    expect(await ask('tcp', 80, '192.0.2.200')).toMatchObject({ kind: 'not-asked' });
  });

  it('does not answer where a connection only meets itself', async () => {
    const port = await servers.unusedPort();
    // The same connection as the kernel makes when it happens to choose this port.
    const itself = connect({ host: VIP, port, localAddress: VIP, localPort: port });
    await once(itself, 'connect');
    expect(itself.remotePort).toBe(itself.localPort);
    itself.destroy();
    await once(itself, 'close');
    expect(await ask('tcp', port)).toEqual({ kind: 'refused' });
  });
});

describe('a UDP service', () => {
  it.each([VIP, VIP6])('that answers from %s, which is the VIP, answers', async (vip) => {
    expect(await ask('udp', await listenUdp(vip, vip), vip)).toEqual({ kind: 'answered' });
  });

  it('that answers from another address is found out', async () => {
    const outcome = { kind: 'other-source', source: ELSEWHERE };
    expect(await ask('udp', await listenUdp(VIP, ELSEWHERE))).toEqual(outcome);
  });

  it('that is not there refuses, by ICMP', async () => {
    expect(await ask('udp', await servers.unusedPort())).toEqual({ kind: 'refused' });
  });

  it('that takes datagrams and says nothing is silent', async () => {
    expect(await ask('udp', await listenUdp(VIP))).toEqual({ kind: 'silent' });
  });
});

describe('an HTTP service', () => {
  const seen: { host: string | undefined; url: string | undefined }[] = [];
  const http = () =>
    createHttpServer(({ headers, url }, response) => {
      seen.push({ host: headers.host, url });
      response.writeHead(url === '/broken' ? 503 : 200).end();
    });

  it('answers with the status that is expected, asked as its health check says', async () => {
    const port = await servers.listen(http());
    expect(await ask('tcp', port, VIP, QUESTION)).toEqual({ kind: 'answered' });
    const named = { ...QUESTION, host: 'shop.example', path: '/up?deep=1' };
    expect(await ask('tcp', port, VIP, named)).toEqual({ kind: 'answered' });
    expect(seen).toEqual([
      { host: VIP, url: '/' },
      { host: 'shop.example', url: '/up?deep=1' },
    ]);
  });

  it('that answers with another status is found out', async () => {
    const question = { ...QUESTION, path: '/broken' };
    expect(await ask('tcp', await servers.listen(http()), VIP, question)).toEqual({
      kind: 'other-status',
      status: 503,
    });
  });

  it('is asked for its head alone where the health check is', async () => {
    const methods: (string | undefined)[] = [];
    const server = createHttpServer(({ method }, response) => {
      methods.push(method);
      response.end();
    });
    expect(await ask('tcp', await servers.listen(server), VIP, { ...QUESTION, method: 'HEAD' })).toEqual({
      kind: 'answered',
    });
    expect(methods).toEqual(['HEAD']);
  });

  it('answers where the page holds the text that is expected, and is found out where it does not', async () => {
    const port = await servers.listen(createHttpServer((_, response) => response.end('all is wéll here')));
    const expecting = (expectedBody: string) => ask('tcp', port, VIP, { ...QUESTION, expectedBody });
    expect(await expecting('is wéll')).toEqual({ kind: 'answered' });
    expect(await expecting('is bad')).toEqual({ kind: 'other-body' });
  });

  it('with a page without end is asked for no more than its beginning', async () => {
    const endless = createHttpServer((_, response) => {
      const write = (): void => {
        response.write('x'.repeat(10_000));
        if (!response.destroyed) setImmediate(write);
      };
      write();
    });
    const question = { ...QUESTION, expectedBody: 'y' };
    expect(await ask('tcp', await servers.listen(endless), VIP, question)).toEqual({ kind: 'other-body' });
  });

  it('over TLS answers with whatever certificate', async () => {
    const port = await servers.listen(
      createTlsServer({ key: KEY, cert: CERTIFICATE }, (_, page) => page.end()),
    );
    for (const host of [null, 'shop.example:443']) {
      const question = { ...QUESTION, scheme: 'https', host } as const;
      expect(await ask('tcp', port, VIP, question)).toEqual({ kind: 'answered' });
    }
  });

  it('that speaks something else has no HTTP', async () => {
    const port = await servers.listen(createServer((socket) => socket.end('220 mail ready\r\n')));
    expect(await ask('tcp', port, VIP, QUESTION)).toMatchObject({ kind: 'no-http' });
    // Its certificate is never come to: it does not even speak TLS.
    expect(await ask('tcp', port, VIP, { ...QUESTION, scheme: 'https' })).toMatchObject({ kind: 'no-http' });
  });

  it('that takes the connection and says nothing has none either', async () => {
    const port = await servers.listen(createServer(() => undefined));
    expect(await ask('tcp', port, VIP, QUESTION)).toMatchObject({ kind: 'no-http' });
  });

  it('that is not there refuses', async () => {
    expect(await ask('tcp', await servers.unusedPort(), VIP, QUESTION)).toEqual({ kind: 'refused' });
  });
});
