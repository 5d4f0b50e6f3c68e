/** Lets a browser on this machine reach the API inside the namespaces, on loopback only. */
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { relay } from './relay.js';

const USUAL_PORT = 3000;

export interface Door {
  readonly url: string;
  close(): void;
}

/** On `PORT`; without it on 3000, or where that is taken on a free one. */
export async function openDoor(socketPath: string): Promise<Door> {
  const wanted = process.env['PORT'];
  const server = relay({ path: socketPath });
  if (wanted !== undefined) await listen(server, Number(wanted));
  else await listen(server, USUAL_PORT).catch(() => listen(server, 0));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}
