/**
 * Sends requests over kept connections, one at a time on each, and times the answers. On bare sockets, for a client that
 * costs as much as the server would be what is measured.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { percentile, rounded } from '../percentiles.js';
import { cpuTime } from './cpu-time.js';

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: object;
}

export interface Target {
  readonly processId: number;
  readonly port: number;
  /** For `Authorization`. */
  readonly token: string;
}

export interface Load {
  readonly connections: number;
  /** Either ends it. */
  readonly ms: number;
  readonly count?: number;
}

export interface Pace {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of one request, in the program and in PostgreSQL. */
  readonly cpuMs: number;
  readonly postgresMs: number;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** @param next the request with this index, from 0; every answer has to be 2xx. */
export async function load(
  target: Target,
  { connections, ms, count = Infinity }: Load,
  next: (index: number) => Request,
  heard: (answer: Answer) => void = () => undefined,
): Promise<Pace> {
  const times: number[] = [];
  const before = await cpuTime(target.processId);
  const began = performance.now();
  let index = 0;
  const work = async (): Promise<void> => {
    const connection = await Connection.open(target);
    while (index < count && performance.now() - began < ms) {
      const request = next(index++);
      const sent = performance.now();
      const answer = await connection.ask(request);
      times.push(performance.now() - sent);
      if (answer.status < 200 || answer.status > 299) {
        throw new Error(`${request.method} ${request.path}: ${answer.status} ${answer.body}`);
      }
      heard(answer);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, work));
  const seconds = (performance.now() - began) / 1000;
  const after = await cpuTime(target.processId);
  return {
    perSecond: Math.round(times.length / seconds),
    p50Ms: rounded(percentile(times, 50)),
    p99Ms: rounded(percentile(times, 99)),
    cpuMs: rounded((after.programMs - before.programMs) / times.length),
    postgresMs: rounded((after.postgresMs - before.postgresMs) / times.length),
  };
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');

class Connection {
  private received: Buffer = Buffer.alloc(0);
  private waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;

  private constructor(
    private readonly socket: Socket,
    private readonly token: string,
  ) {
    socket.on('data', (piece) => this.take(piece));
    socket.on('error', (error) => this.waiting?.reject(error));
    socket.on('close', () => this.waiting?.reject(new Error('the server closed the connection')));
  }

  static async open({ port, token }: Target): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket, token);
  }

  ask({ method, path, body }: Request): Promise<Answer> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const head = [
      `${method} ${path} HTTP/1.1`,
      'Host: bench',
      `Authorization: Bearer ${this.token}`,
      ...(text === ''
        ? []
        : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`]),
    ];
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(`${head.join('\r\n')}\r\n\r\n${text}`);
    });
  }

  close(): void {
    this.waiting = null;
    this.socket.destroy();
  }

  /** Answers have a length: none is sent in chunks here. */
  private take(piece: Buffer): void {
    this.received = this.received.length === 0 ? piece : Buffer.concat([this.received, piece]);
    const end = this.received.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const head = this.received.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? NaN);
    const whole = end + END_OF_HEAD.length + length;
    if (Number.isNaN(length)) this.waiting?.reject(new Error(`an answer without a length: ${head}`));
    if (this.received.length < whole) return;
    const body = this.received.toString('utf8', end + END_OF_HEAD.length, whole);
    this.received = this.received.subarray(whole);
    this.waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }
}
