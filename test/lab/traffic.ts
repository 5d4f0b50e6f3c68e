/**
 * The lab's side of a traffic program that runs inside a host: orders as promises.
 * Not the TrafficPeer of the tests: this one sends whole HTTP requests to a web server and measures what came; that one
 * plays both ends of single connections and datagrams, without a build.
 */
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Host } from '../support/namespaces.js';
import type { Got, TrafficNews, TrafficOrder } from './traffic-messages.js';

const PROGRAM = fileURLToPath(new URL('./traffic-program.js', import.meta.url));

export interface Transfer {
  /** The real server's name, once the head of the answer is there. */
  readonly begun: Promise<string>;
  readonly done: Promise<Got>;
}

interface Waiting {
  readonly begun: (servedBy: string) => void;
  readonly done: (got: Got) => void;
  readonly failed: (error: Error) => void;
}

type Unnumbered<O> = O extends unknown ? Omit<O, 'id'> : never;

export class Traffic {
  private readonly waiting = new Map<number, Waiting>();
  private readonly program: ChildProcess;
  private orders = 0;

  constructor(host: Host) {
    this.program = host.spawn([process.execPath, PROGRAM], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.program.on('message', (news: TrafficNews) => this.take(news));
    this.program.on('exit', () => this.giveUp(`the traffic program in ${host.name} ended`));
  }

  /** Sends a request over a new connection. */
  transfer(url: string): Transfer {
    return this.order({ do: 'get', url });
  }

  get(url: string): Promise<Got> {
    return this.transfer(url).done;
  }

  /** So many requests, a few at a time; resolves to how many each real server answered. */
  async spread(url: string, count: number): Promise<ReadonlyMap<string, number>> {
    const served = new Map<string, number>();
    const lane = async (share: number): Promise<void> => {
      for (let sent = 0; sent < share; sent++) {
        const { servedBy } = await this.get(url);
        served.set(servedBy, (served.get(servedBy) ?? 0) + 1);
      }
    };
    const lanes = 4;
    await Promise.all(Array.from({ length: lanes }, (_, at) => lane(Math.floor((count + at) / lanes))));
    return served;
  }

  async knock(address: string, port: number): Promise<void> {
    await this.order({ do: 'knock', address, port }).done;
  }

  private order(order: Unnumbered<TrafficOrder>): Transfer {
    const id = this.orders++;
    let settle: Waiting | undefined;
    const done = new Promise<Got>((resolve, reject) => {
      settle = { begun: () => undefined, done: resolve, failed: reject };
    });
    const begun = new Promise<string>((resolve, reject) => {
      if (settle !== undefined) this.waiting.set(id, { ...settle, begun: resolve });
      done.catch(reject);
    });
    // Whoever asked may look at one of the two only; the other must not end the lab as an unhandled rejection.
    done.catch(() => undefined);
    begun.catch(() => undefined);
    this.program.send({ ...order, id });
    return { begun, done };
  }

  private take(news: TrafficNews): void {
    const waiting = this.waiting.get(news.id);
    if (news.kind === 'begun') return waiting?.begun(news.servedBy);
    this.waiting.delete(news.id);
    if (news.kind === 'done') waiting?.done(news.got);
    else waiting?.failed(new Error(news.reason));
  }

  private giveUp(reason: string): void {
    for (const waiting of this.waiting.values()) waiting.failed(new Error(reason));
    this.waiting.clear();
  }
}
