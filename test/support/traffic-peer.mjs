/**
 * Both ends of test traffic, in plain Node so that it runs in a namespace without a build. It does as it is told on
 * standard input, one JSON object a line, and answers each with `{id, ...}` on standard output.
 * A server tells its name: to each TCP connection at once and before every line that it echoes, to each datagram once.
 */
import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

const WAIT_MS = 2_000;
const connections = new Map();
const sockets = new Map();

const operations = {
  async serve({ name, protocol, address, port }) {
    if (protocol === 'udp') {
      const socket = datagramSocket(address);
      socket.on('message', (_, from) => socket.send(name, from.port, from.address));
      return new Promise((resolve, reject) => {
        socket.once('error', reject);
        socket.bind(port, address, () => resolve({}));
      });
    }
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(`${name}\n`);
      socket.on('data', (data) => socket.write(`${name} ${data.toString()}`));
    });
    return new Promise((resolve, reject) => {
      server.on('error', reject);
      server.listen(port, address, () => resolve({}));
    });
  },

  async connect({ connection, address, port, ...local }) {
    const socket = connect({ host: address, port, ...local });
    // A reset between two operations must not end the peer.
    socket.on('error', () => undefined);
    connections.set(connection, socket);
    return { text: await nextText(socket) };
  },

  async say({ connection, text }) {
    const socket = connections.get(connection);
    if (socket.destroyed) throw new Error('closed');
    socket.write(`${text}\n`);
    return { text: await nextText(socket) };
  },

  async close({ connection }) {
    connections.get(connection).destroy();
    connections.delete(connection);
    return {};
  },

  async reset({ connection }) {
    connections.get(connection).resetAndDestroy();
    connections.delete(connection);
    return {};
  },

  async ask({ address, port, localPort = 0, octets = 1 }) {
    const key = `${address.includes(':')} ${localPort}`;
    const socket = sockets.get(key) ?? datagramSocket(address);
    if (localPort !== 0 && !sockets.has(key)) {
      sockets.set(key, socket);
      await new Promise((resolve, reject) => {
        socket.once('error', reject);
        socket.bind(localPort, resolve);
      });
    }
    try {
      return await within(
        new Promise((resolve) => {
          socket.once('message', (data, from) => resolve({ text: `${data}`, source: from.address }));
          socket.send('?'.repeat(octets), port, address);
        }),
      );
    } finally {
      if (localPort === 0) socket.close();
    }
  },
};

/** Each family its own ports. */
function datagramSocket(address) {
  return createSocket(address.includes(':') ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
}

/** Also rejects where the connection ends first, by an error or without. */
async function nextText(socket) {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(socket, 'close', { signal }).then(() => Promise.reject(new Error('closed')));
  ended.catch(() => undefined);
  try {
    const [data] = await within(Promise.race([once(socket, 'data', { signal }), ended]));
    return `${data}`.trim();
  } finally {
    answered.abort();
  }
}

function within(promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer in time')), WAIT_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, operation, ...rest } = JSON.parse(line);
  try {
    process.stdout.write(`${JSON.stringify({ id, ...(await operations[operation](rest)) })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ id, error: error.message })}\n`);
  }
});
