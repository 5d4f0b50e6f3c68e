/**
 * Serves a director's metrics over HTTP, on loopback alone and where an operator asked for it. Nothing is read but when
 * somebody collects, one reading at a time, and who comes again at once gets the same text.
 */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../../platform/logger.js';
import type { MetricsText } from './service-metrics.js';

/** A reading goes through all flows: collecting more often than so brings nothing new. */
const FRESH_MS = 5_000;
const AGAIN_MS = 10_000;

export class MetricsServer {
  /** The reading that was begun last; undefined where it failed. */
  private last: Promise<MetricsText> | undefined;
  /** When it ended; until then nobody begins another. */
  private readAtMs = Infinity;

  private again: NodeJS.Timeout | undefined;

  private constructor(
    private readonly server: Server,
    private readonly read: () => Promise<MetricsText>,
    private readonly logger: Logger,
  ) {
    server.on('request', (request, response) => void this.answer(request.method, request.url, response));
  }

  /** Where the port is taken it is tried again: a director that cannot be measured has work to do all the same. */
  static start(
    port: number,
    read: () => Promise<MetricsText>,
    logger: Logger,
    againMs = AGAIN_MS,
  ): MetricsServer {
    const server = createServer({ requestTimeout: 10_000 });
    const metrics = new MetricsServer(server, read, logger);
    const listen = () => server.listen(port, '127.0.0.1');
    server.on('error', (error) => {
      if (metrics.again === undefined)
        logger.error({ err: error }, 'metrics cannot be served; it is tried again');
      metrics.again = setTimeout(listen, againMs).unref();
    });
    listen();
    return metrics;
  }

  /** Resolves once it can be asked. */
  async listening(): Promise<void> {
    if (!this.server.listening) await once(this.server, 'listening');
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  stop(): void {
    clearTimeout(this.again);
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(method: string | undefined, url: string | undefined, response: ServerResponse) {
    if (url !== '/metrics') return void response.writeHead(404).end();
    if (method !== 'GET') return void response.writeHead(405, { allow: 'GET' }).end();
    try {
      const { text, contentType } = await this.recent();
      response.writeHead(200, { 'content-type': contentType }).end(text);
    } catch (error) {
      this.logger.warn({ err: error }, 'metrics could not be read');
      response.writeHead(503).end();
    }
  }

  private recent(): Promise<MetricsText> {
    if (this.last === undefined || performance.now() - this.readAtMs > FRESH_MS) {
      this.readAtMs = Infinity;
      this.last = this.read().finally(() => (this.readAtMs = performance.now()));
      // What failed is tried again by the next one who asks.
      this.last.catch(() => (this.last = undefined));
    }
    return this.last;
  }
}
