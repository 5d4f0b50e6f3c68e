/**
 * The agent's work: holds the VIPs that the documents name, and proves it. Level-triggered: whatever the host is in, it
 * is observed, compared and brought in line, on every change and every few seconds, so that drift heals the same way.
 * It never binds a VIP on a host that is not silent, and never removes what it did not put there.
 */
import type { Document, VipDocument } from '../contract/documents.js';
import type { Fault } from '../contract/report.js';
import type { AgentPart, Change, NodeWork } from '../link/node-work.js';
import type { Logger } from '../platform/logger.js';
import { arpCondition, describeHost } from './describe-host.js';
import { FactBook } from './fact-book.js';
import type { HostDriver } from './host-driver.js';
import { addressPlaces, isIpv6, type HostView } from './plan/host-view.js';
import { judgeHost, type VipTrouble } from './plan/judge-host.js';
import { refuseVip, type VipRefusal } from './plan/refuse-vip.js';
import { HostSettlement } from './settle-host.js';
import { VipLedger } from './vip-ledger.js';

const POLL_MS = 5_000;

export class VipKeeper implements NodeWork<VipDocument> {
  readonly role = 'agent';
  readonly #wanted = new Map<string, VipDocument>();
  readonly #facts = new FactBook();
  #ledger: VipLedger | undefined;
  #view: HostView | undefined;
  #troubles: ReadonlyMap<string, VipTrouble> = new Map();
  #turn: Promise<unknown> = Promise.resolve();
  #poll: NodeJS.Timeout | undefined;
  #stopped = false;
  #listener: () => void = () => undefined;

  constructor(
    private readonly host: HostDriver,
    private readonly stateDir: string,
    private readonly logger: Logger,
    private readonly pollMs = POLL_MS,
  ) {}

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  reconcile(documents: ReadonlyMap<string, Document<VipDocument>>): Promise<Fault[]> {
    return this.#inTurn(async () => {
      const gone = [...this.#wanted.keys()].filter((key) => !documents.has(key));
      this.#wanted.clear();
      for (const [key, { body }] of documents) if (body !== null) this.#wanted.set(key, body);
      await this.#settle(gone);
      return this.#faults([...this.#wanted.keys()], new Map());
    });
  }

  apply(changes: readonly Change<VipDocument>[]): Promise<Fault[]> {
    return this.#inTurn(async () => {
      for (const { key, after } of changes) {
        if (after.body === null) this.#wanted.delete(key);
        else this.#wanted.set(key, after.body);
      }
      await this.#settle(changes.filter(({ after }) => after.body === null).map(({ key }) => key));
      const keys = changes.map(({ key }) => key);
      return this.#faults(keys, new Map(changes.map(({ key, before }) => [key, before?.version ?? null])));
    });
  }

  async describe(complete: boolean): Promise<AgentPart> {
    // As long as no documents ever came, nothing but a report looks at the host.
    if (this.#ledger === undefined || this.#view === undefined) this.#view = await this.host.observe();
    const needed = [...this.#wanted.keys()].some((address) => !isIpv6(address));
    return {
      role: this.role,
      complete,
      host: describeHost(this.#view),
      conditions: [arpCondition(this.#view, needed)],
      vips: this.#facts.describe(complete),
    };
  }

  acknowledged(): void {
    this.#facts.heard();
  }

  /** Ends the watch and waits for what is under way. The host stays as it is. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#poll);
    await this.#turn;
  }

  /** One at a time: two passes over the host would read each other's half-done work. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    clearTimeout(this.#poll);
    const result = this.#turn.then(task);
    this.#turn = result.then(
      () => this.#armPoll(),
      () => this.#armPoll(),
    );
    return result;
  }

  #armPoll(): void {
    clearTimeout(this.#poll);
    if (!this.#stopped) this.#poll = setTimeout(() => this.#lookAgain(), this.pollMs);
  }

  #lookAgain(): void {
    this.#inTurn(() => this.#settle([])).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'the host could not be looked over; it is tried again');
    });
  }

  async #settle(gone: readonly string[]): Promise<void> {
    this.#ledger ??= await VipLedger.open(this.stateDir, this.logger);
    const observed = await this.host.observe();
    const refusals = this.#refusals(observed);
    const accepted = new Set([...this.#wanted.keys()].filter((address) => !refusals.has(address)));
    const oursBefore = new Set(this.#ledger.ours);
    const settlement = new HostSettlement(this.host, this.#ledger, this.logger, accepted);
    const { view, failure } = await settlement.settle(observed);
    const before = this.#view;
    this.#view = view;
    const verdict = judgeHost({
      wanted: this.#wanted.keys(),
      gone: [...gone, ...oursBefore].filter((address) => !this.#wanted.has(address)),
      ours: this.#ledger.ours,
      view,
      refusals,
      failure,
    });
    this.#troubles = verdict.troubles;
    const news = [
      ...verdict.facts.map((fact) => this.#facts.put(fact)),
      ...verdict.released.map((fact) => this.#facts.put(fact, true)),
    ].includes(true);
    if (news || !isSameHost(before, view)) this.#listener();
  }

  /** `versions`: what was in force of a document before this attempt. */
  #faults(keys: readonly string[], versions: ReadonlyMap<string, number | null>): Fault[] {
    return keys.flatMap((key) => {
      const trouble = this.#troubles.get(key);
      if (trouble === undefined) return [];
      const versionInForce = trouble.bound ? (versions.get(key) ?? null) : null;
      return [{ key, versionInForce, reason: trouble.reason, message: trouble.message }];
    });
  }

  #refusals(view: HostView): ReadonlyMap<string, VipRefusal> {
    const places = addressPlaces(view);
    const refusals = new Map<string, VipRefusal>();
    for (const [key, document] of this.#wanted) {
      const refusal = refuseVip(key, document, view, places);
      if (refusal !== undefined) refusals.set(key, refusal);
    }
    return refusals;
  }
}

/** As far as a report shows it. */
function isSameHost(before: HostView | undefined, after: HostView): boolean {
  if (before === undefined) return false;
  const seen = (view: HostView): string => JSON.stringify([describeHost(view), view.silence]);
  return seen(before) === seen(after);
}
