/**
 * Looks anew at what this director holds back, for as long as it holds something back: whether an operator approved on this
 * host that it shall come into force, and whether it would still be refused, for servers die. An approval is of the very
 * difference that was named: what came to it since needs a new word.
 */
import type { HealthOf } from '../contract/blast-radius.js';
import type { Logger } from '../platform/logger.js';
import { readDifferenceApproval } from './difference-approval.js';
import type { HeldDocument } from './held/held-documents.js';
import type { HeldStore } from './held/held-store.js';
import { refusedLosses } from './judge-losses.js';

const LOOK_MS = 1_000;
/** Judging anew goes through all that is held. */
const LOOKS_TO_JUDGE = 10;

export interface HeldBackApprovalOptions {
  readonly store: HeldStore;
  readonly stateDir: string;
  readonly logger: Logger;
  readonly healthOf: HealthOf;
  /** These were taken, and are to be put in force. */
  onApproved(documents: readonly HeldDocument[]): void;
}

export class HeldBackApproval {
  readonly #timer: NodeJS.Timeout;
  #looks = 0;

  constructor(private readonly options: HeldBackApprovalOptions) {
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { store, stateDir, logger } = this.options;
    if (store.held.refused.size === 0) return;
    const digest = await readDifferenceApproval(stateDir);
    if (digest !== undefined && digest === store.held.heldBackDigest) {
      logger.info({ digest }, 'an operator approved on this host what was held back');
      return this.#take(this.#heldBack().map(byWord));
    }
    this.#looks += 1;
    if (this.#looks % LOOKS_TO_JUDGE === 0) this.#judge();
  }

  #judge(): void {
    const { store, healthOf } = this.options;
    const documents = this.#heldBack();
    const still = refusedLosses(store.held, documents, healthOf);
    this.#take(documents.filter(({ key }) => !still.has(key)).map(unmarked));
  }

  #heldBack(): HeldDocument[] {
    return [...this.options.store.held.refused.values()].map(({ document }) => document);
  }

  #take(documents: readonly HeldDocument[]): void {
    const { store } = this.options;
    if (documents.length === 0 || store.held.head === null) return;
    store.take(store.held.head, documents);
    this.options.onApproved(documents);
  }
}

function unmarked({ key, version, revision, body }: HeldDocument): HeldDocument {
  return { key, version, revision, body };
}

/** As if the control plane had said by which change. */
function byWord(document: HeldDocument): HeldDocument {
  return { ...unmarked(document), approval: document.revision };
}
