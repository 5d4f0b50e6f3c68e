/**
 * A node's work that behaves: its host is a map, and what it is told comes into force there. A test can make it slow,
 * make it refuse a key, or make it fail as a whole.
 */
import type { Document, VipDocument } from '../contract/documents.js';
import type { Question, Told } from '../contract/questions.js';
import { NO_DRIFT, type Fault } from '../contract/report.js';
import type { AgentPart, Besides, Change, NodeWork } from './node-work.js';

export class FakeNodeWork implements NodeWork<VipDocument> {
  readonly role = 'agent';
  /** What is in force, by key. */
  readonly host = new Map<string, Document<VipDocument>>();
  readonly reconciled: number[] = [];
  readonly applied: (readonly Change<VipDocument>[])[] = [];
  readonly seeds: number[] = [];
  /** Keys that cannot be put in force. */
  readonly refusing = new Set<string>();
  /** Every attempt waits for it. */
  gate: Promise<void> = Promise.resolve();
  /** Faults of documents that no attempt was about. */
  besides: readonly Fault[] = [];
  /** What the host has to say, in a condition and of a VIP. */
  telling: string | undefined;
  failing = false;
  described: boolean[] = [];
  acknowledgements = 0;
  atOnce = 0;
  mostAtOnce = 0;
  /** What it answers questions with; as if it knew none where it is left out. */
  answer: ((question: Question) => Promise<Told>) | undefined;
  /** How it ends. */
  ending: () => Promise<void> = () => Promise.resolve();
  #listener: () => void = () => undefined;
  #lossListener: () => void = () => undefined;

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  onLost(listener: () => void): void {
    this.#lossListener = listener;
  }

  tellLoss(): void {
    this.#lossListener();
  }

  tellChange(): void {
    this.#listener();
  }

  async reconcile(
    documents: ReadonlyMap<string, Document<VipDocument>>,
    seed: number,
    { strange }: Besides,
  ): Promise<Fault[]> {
    this.reconciled.push(documents.size);
    const spared = new Set(strange.map(({ key }) => key));
    const gone = [...this.host.keys()].filter((key) => !documents.has(key) && !spared.has(key));
    return this.#put([...documents.values()], seed, gone);
  }

  async apply(changes: readonly Change<VipDocument>[], seed: number): Promise<Fault[]> {
    this.applied.push(changes);
    return this.#put(
      changes.map(({ after }) => after),
      seed,
      [],
    );
  }

  describe(complete: boolean): Promise<AgentPart> {
    this.described.push(complete);
    const { telling: message, role } = this;
    const host = { interfaces: [], gateways: [] };
    const told: AgentPart = { role, complete, host, conditions: [], vips: [], drift: NO_DRIFT };
    if (message === undefined) return Promise.resolve(told);
    const vips = [
      { address: '192.0.2.1', bound: false, silent: true, reason: 'Told', message, services: [] },
    ];
    const conditions = [{ type: 'Told', status: 'False', reason: 'Told', message } as const];
    return Promise.resolve({ ...told, conditions, vips });
  }

  acknowledged(): void {
    this.acknowledgements += 1;
  }

  stop(): Promise<void> {
    return this.ending();
  }

  async #put(
    documents: readonly Document<VipDocument>[],
    seed: number,
    gone: readonly string[],
  ): Promise<Fault[]> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    await this.gate;
    this.atOnce -= 1;
    if (this.failing) throw new Error('the host answers nothing');
    this.seeds.push(seed);
    for (const key of gone) this.host.delete(key);
    return [...documents.flatMap((document) => this.#putOne(document)), ...this.besides];
  }

  #putOne(document: Document<VipDocument>): Fault[] {
    const { key } = document;
    if (this.refusing.has(key)) {
      const versionInForce = this.host.get(key)?.version ?? null;
      return [{ key, versionInForce, reason: 'Refused', message: 'the test said so' }];
    }
    if (document.body === null) this.host.delete(key);
    else this.host.set(key, document);
    return [];
  }
}
