/** Servers and sockets of a test on loopback, which end with it. */
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

export class LocalServers {
  private readonly open: (Server | Socket)[] = [];

  /** @returns the port that it listens on. */
  async listen(server: Server, address = '127.0.0.1'): Promise<number> {
    this.keep(server.listen(0, address));
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** A port that nobody listens on, since just now. */
  async unusedPort(): Promise<number> {
    const server = createServer();
    const port = await this.listen(server);
    server.close();
    await once(server, 'close');
    return port;
  }

  keep(...each: readonly (Server | Socket)[]): void {
    this.open.push(...each);
  }

  close(): void {
    for (const each of this.open.splice(0)) each.close();
  }
}
