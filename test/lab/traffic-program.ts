/**
 * Sends the traffic of the lab from inside the client and the router; a program of its own that takes orders over
 * Node's channel to its parent, because a process cannot change its network namespace.
 * Every request opens a new connection, and one that stalls fails in clear words instead of hanging.
 */
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { get, type IncomingMessage } from 'node:http';
import type { Got, TrafficNews, TrafficOrder } from './traffic-messages.js';

const STALL_LIMIT_MS = 5_000;

process.on('message', (order: TrafficOrder) => {
  const work = order.do === 'get' ? fetchWhole(order.id, order.url) : knock(order.address, order.port);
  work.then(
    (got) => tell({ id: order.id, kind: 'done', got }),
    (error: unknown) => tell({ id: order.id, kind: 'failed', reason: `${aimOf(order)}: ${wordsOf(error)}` }),
  );
});

function fetchWhole(id: number, url: string): Promise<Got> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: STALL_LIMIT_MS }, (response) => {
      tell({ id, kind: 'begun', servedBy: servedBy(response) });
      readWhole(response).then(resolve, reject);
    });
    request.on('timeout', () => request.destroy(new Error(`nothing came for ${STALL_LIMIT_MS} ms`)));
    request.on('error', reject);
  });
}

async function readWhole(response: IncomingMessage): Promise<Got> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { servedBy: servedBy(response), bytes, sha256: hash.digest('hex') };
}

function servedBy(response: IncomingMessage): string {
  return String(response.headers['x-served-by']);
}

async function knock(address: string, port: number): Promise<Got> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.send('knock', port, address, (error) => (error ? reject(error) : resolve()));
  });
  socket.close();
  return { servedBy: '', bytes: 0, sha256: '' };
}

function aimOf(order: TrafficOrder): string {
  return order.do === 'get' ? order.url : order.address;
}

function tell(news: TrafficNews): void {
  process.send?.(news);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
