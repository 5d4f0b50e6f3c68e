/** What goes on all the while in a run with `--endure`: clients that want something, and somebody who asks who has the VIPs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Family } from './frame.js';
import { FAMILIES, urlOf, type RunningLab } from './running-lab.js';
import { RESTLESS_VIP, ROUTER_LAN, SERVICE_PORT, VIP } from './topology.js';
import { until } from '../support/until.js';

const REQUEST_EVERY_MS = 20;
const QUESTION_EVERY_MS = 100;
const SERVED_LIMIT_MS = 10_000;

/** Work that is done over and over until it is stopped; what it throws comes out at the end. */
export class Repeated {
  private stopping = false;
  private readonly done: Promise<void>;

  constructor(work: () => Promise<void> | void, everyMs: () => number) {
    this.done = this.repeat(work, everyMs);
    this.done.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.done;
  }

  private async repeat(work: () => Promise<void> | void, everyMs: () => number): Promise<void> {
    while (!this.stopping) {
      await work();
      await sleep(everyMs());
    }
  }
}

/** Requests over new connections, in turn by each family, at a steady pace whatever becomes of them. */
export class ClientLoad {
  private requests = 0;
  private readonly losses: string[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private readonly pace: Repeated;

  constructor(private readonly lab: RunningLab) {
    this.pace = new Repeated(
      () => this.send(),
      () => REQUEST_EVERY_MS,
    );
  }

  /** Resolves when a new connection over this family reaches that real server. */
  static async untilServedBy(lab: RunningLab, family: Family, name: string): Promise<void> {
    await until({
      what: `an answer by ${name} over ${family}`,
      limitMs: SERVED_LIMIT_MS,
      look: async () => {
        const { servedBy } = await lab.client.get(urlOf(family));
        return servedBy === name ? { found: true } : { missing: `the last answer was by ${servedBy}` };
      },
    });
  }

  async expectNoLoss(when: string): Promise<void> {
    await Promise.all(this.underWay);
    if (this.losses.length === 0) return;
    throw new Error(`${this.losses.length} of ${this.requests} requests lost ${when}: ${this.losses[0]}`);
  }

  async stop(): Promise<{ readonly requests: number; readonly lost: number }> {
    await this.pace.stop();
    await Promise.all(this.underWay);
    return { requests: this.requests, lost: this.losses.length };
  }

  private send(): void {
    const family = FAMILIES[this.requests++ % FAMILIES.length] ?? 'ipv4';
    const request = this.lab.client.get(urlOf(family)).then(
      () => undefined,
      (error: Error) => void this.losses.push(error.message),
    );
    this.underWay.add(request);
    void request.finally(() => this.underWay.delete(request));
  }
}

/** The router forgets who has the VIPs, and has to ask the whole lan again. */
export function askForVips({ hosts, router }: RunningLab): Repeated {
  const ask = async (): Promise<void> => {
    for (const vip of [VIP.ipv4, VIP.ipv6, RESTLESS_VIP]) {
      await hosts.router.exec(['ip', 'neigh', 'flush', 'to', vip, 'dev', ROUTER_LAN]);
      await router.knock(vip, SERVICE_PORT);
    }
  };
  return new Repeated(ask, () => QUESTION_EVERY_MS);
}
