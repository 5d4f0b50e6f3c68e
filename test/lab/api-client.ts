/**
 * The REST calls of the lab, sent as any portal would send them, over the Unix socket that leads into the namespaces.
 * An answer that is not 2xx becomes an error that carries what the API said.
 */
import { request } from 'node:http';

const CALL_LIMIT_MS = 15_000;

interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

export interface Status {
  readonly provisioning: string;
  readonly operating: string;
  readonly observedRevision: number | null;
  readonly conditions: readonly Condition[];
}

export interface RealServer {
  readonly id: string;
  readonly address: string;
  /** Of the virtual service that it belongs to. */
  readonly revision: number;
  readonly status: Status;
}

export interface VirtualService {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly revision: number;
  readonly status: Status;
  readonly realServers: readonly RealServer[];
}

export interface Node {
  readonly id: string;
  readonly name: string;
  readonly state: 'waiting-to-join' | 'connected' | 'away';
  /** Null before the first report. */
  readonly revisionInForce: number | null;
}

export interface Capabilities {
  readonly flowAffinity: readonly ('ipv4' | 'ipv6')[];
}

export class ApiClient {
  constructor(
    private readonly socketPath: string,
    private readonly token: string,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.call('GET', path) as Promise<T>;
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.call('POST', path, body) as Promise<T>;
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.call('PATCH', path, body) as Promise<T>;
  }

  async delete(path: string): Promise<void> {
    await this.call('DELETE', path);
  }

  /** Whether the API answers and says that it is ready. */
  isReady(): Promise<boolean> {
    return this.call('GET', '/readyz').then(
      () => true,
      () => false,
    );
  }

  private async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const { status, text } = await this.send(method, path, body);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  private send(method: string, path: string, body: unknown): Promise<{ status: number; text: string }> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': contentType(method) };
    const options = { socketPath: this.socketPath, method, path, headers, timeout: CALL_LIMIT_MS };
    return new Promise((resolve, reject) => {
      const call = request(options, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString('utf8') }),
        );
      });
      call.on('timeout', () =>
        call.destroy(new Error(`${method} ${path}: no answer in ${CALL_LIMIT_MS} ms`)),
      );
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

function contentType(method: string): string {
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}
