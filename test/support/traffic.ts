/**
 * Real connections and datagrams between hosts of a test network. A server answers with its name, so that a client
 * knows who served it. The lab has its own Traffic, which sends HTTP to web servers and is compiled with it.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import type { ChildProcess } from 'node:child_process';
import type { Host } from './namespaces.js';

const PEER = fileURLToPath(new URL('./traffic-peer.mjs', import.meta.url));

interface Answer {
  readonly id: number;
  readonly error?: string;
  readonly text?: string;
  readonly source?: string;
}

export interface Listening {
  readonly name: string;
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

export interface Target {
  readonly address: string;
  readonly port: number;
  readonly localPort?: number;
  /** Of a connection. */
  readonly localAddress?: string;
}

export interface Question extends Target {
  /** Length of the datagram; beyond the MTU it travels in fragments. */
  readonly octets?: number;
}

/** An open TCP connection. */
export interface Connection {
  /** Name of the server that answered. */
  readonly server: string;
  /** Sends a line and resolves to the echo; rejects when the connection is dead. */
  say(text: string): Promise<string>;
  close(): Promise<void>;
  /** Ends it by RST, so that nothing of it stays at this end. */
  reset(): Promise<void>;
}

export class TrafficPeer {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private last = 0;

  constructor(host: Host) {
    this.child = host.spawn([process.execPath, PEER], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (this.child.stdout === null) throw new Error('the peer has no standard output');
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
    this.child.once('close', () => {
      for (const [id, settle] of this.waiting) settle({ id, error: 'the peer is gone' });
    });
  }

  async serve(listening: Listening): Promise<void> {
    await this.tell('serve', listening);
  }

  async connect(target: Target): Promise<Connection> {
    const connection = this.last;
    const { text = '' } = await this.tell('connect', { ...target, connection });
    return {
      server: text,
      say: async (line) => (await this.tell('say', { connection, text: line })).text ?? '',
      close: async () => {
        await this.tell('close', { connection });
      },
      reset: async () => {
        await this.tell('reset', { connection });
      },
    };
  }

  /** Connects, and closes again; resolves to the name of the server. */
  async visit(target: Target): Promise<string> {
    const connection = await this.connect(target);
    await connection.close();
    return connection.server;
  }

  /** One datagram; resolves to the name of the server and the address that the answer came from. */
  async ask(target: Question): Promise<{ readonly server: string; readonly source: string }> {
    const { text = '', source = '' } = await this.tell('ask', target);
    return { server: text, source };
  }

  /** All that it serves is gone, and its ports are free. */
  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    if (this.isRunning) await once(this.child, 'exit');
  }

  private get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  private async tell(operation: string, details: object): Promise<Answer> {
    if (!this.isRunning) throw new Error('the peer is gone');
    const id = this.last++;
    const answered = new Promise<Answer>((resolve) => this.waiting.set(id, resolve));
    this.child.stdin?.write(`${JSON.stringify({ id, operation, ...details })}\n`);
    const answer = await answered;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }
}
