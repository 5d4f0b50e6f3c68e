/**
 * One pass over the host, or over a few VIPs of it: judges what is wanted by what was seen, has it brought about, and
 * learns what came of it. It takes nothing for done that was not read back.
 */
import type { Logger } from '../../platform/logger.js';
import type { HostDriver } from '../hosts/host-driver.js';
import type { HostView } from '../plan/host-view.js';
import { judgeHost, type HostVerdict } from '../plan/judge-host.js';
import type { Proofs } from '../proofs/proofs.js';
import { HostSettlement } from '../settlement/settle-host.js';
import type { VipLedger } from '../settlement/vip-ledger.js';
import type { DriftTracker } from './drift-tracker.js';
import type { FactBook } from './fact-book.js';
import type { VipTroubles } from './vip-troubles.js';
import type { WantedVips } from './wanted-vips.js';

/** What a pass is about. */
export interface Part {
  readonly wanted: readonly string[];
  readonly gone: readonly string[];
  readonly observe: () => Promise<HostView>;
}

/** What is known of the VIPs, over all passes. */
export interface Knowledge {
  readonly wanted: WantedVips;
  readonly facts: FactBook;
  readonly troubles: VipTroubles;
  readonly drift: DriftTracker;
  readonly proofs: Proofs;
}

export interface Passed {
  /** The host after everything was done. */
  readonly view: HostView;
  /** What a step failed with. */
  readonly failure: string | undefined;
  /** There was nothing to do. */
  readonly idle: boolean;
  /** There is something new to report. */
  readonly news: boolean;
}

export class HostPass {
  #complaint: string | undefined;

  constructor(
    private readonly host: HostDriver,
    private readonly known: Knowledge,
    private readonly logger: Logger,
  ) {}

  async run({ wanted, gone, observe }: Part, observed: HostView, ledger: VipLedger): Promise<Passed> {
    const { wanted: all, drift } = this.known;
    all.refuse(wanted, observed);
    const { needSilence: silenceNeeded, needGuard: guardNeeded } = all;
    const looked = { wanted, gone, silenceNeeded, guardNeeded };
    const undone = drift.found({ ...looked, view: observed });
    const accepted = new Set(wanted.filter((key) => (all.refusal(key) ?? drift.refusal(key)) === undefined));
    const { restraint, hindrance } = drift;
    // One that is not put back yet stays covered by the guard: whoever fights over it may put it back as well.
    const awaited = [...restraint.vips];
    const scope = { accepted, awaited, gone, silenceNeeded, guardNeeded, restraint, observe };
    const settlement = new HostSettlement(this.host, ledger, this.logger, scope);
    const { view, failure, made, idle } = await settlement.settle(observed);
    const undoneAgain = drift.left({ ...looked, view }, made);
    const { ours, borrowed } = ledger;
    const refusals = {
      refusal: (key: string) => all.refusal(key),
      heldBack: (key: string) => drift.refusal(key),
    };
    const verdict = judgeHost({ wanted, gone, ours, borrowed, view, refusals, failure, hindrance });
    const learned = await this.#learn(verdict);
    this.#complain(failure);
    return { view, failure, idle, news: undone || undoneAgain || learned };
  }

  /** The same trouble is logged once; the steps are tried again with every look. */
  #complain(failure: string | undefined): void {
    if (failure !== undefined && failure !== this.#complaint) {
      this.logger.warn({ failure }, 'a step failed; it is tried again');
    }
    this.#complaint = failure;
  }

  /** @returns whether there is something new. */
  async #learn({ facts, released, troubles }: HostVerdict): Promise<boolean> {
    const { proofs, facts: book, troubles: faulty, wanted } = this.known;
    for (const fact of [...facts, ...released]) proofs.looked(fact);
    await proofs.firstAnswers(facts.map(({ address }) => address));
    const news = [
      ...facts.map((fact) => book.put(proofs.report(fact))),
      ...released.map((fact) => book.put(proofs.report(fact), true)),
    ].includes(true);
    for (const fact of [...facts, ...released]) faulty.judged(fact, wanted.version(fact.address));
    for (const [key, trouble] of troubles) faulty.add(key, trouble);
    return news;
  }
}
