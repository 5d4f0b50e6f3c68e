/**
 * Services that a director checks, in plain Node so that it runs in a namespace without a build. Its argument is a JSON
 * array of `{type, port, address?, status?, body?, reply?, key?, cert?}`; it prints `ready` when all of them listen.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp } from 'node:net';

const answer =
  ({ status = 200, body = 'all is well' }) =>
  (request, response) => {
    // A redirect leads to a page that is well: who follows it is found out.
    if (request.url === '/moved') response.writeHead(302, { location: '/' }).end();
    else
      response.writeHead(status, { 'x-host': request.headers.host }).end(`${body} ${request.headers.host}`);
  };

const kinds = {
  tcp: () => createTcp((socket) => socket.on('error', () => undefined)),
  http: (wishes) => createHttp(answer(wishes)),
  https: (wishes) => createHttps({ key: wishes.key, cert: wishes.cert }, answer(wishes)),
};

for (const wishes of JSON.parse(process.argv[2])) {
  const { type, port, address = '::', reply = 'pong' } = wishes;
  if (type === 'udp') {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.on('message', (_, from) => socket.send(reply, from.port, from.address));
    socket.bind(port, address);
    await once(socket, 'listening');
  } else {
    const server = kinds[type](wishes);
    server.listen(port, address);
    await once(server, 'listening');
  }
}
console.log('ready');
