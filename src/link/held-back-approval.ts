/**
 * Looks for an operator's word about what this director holds back, for as long as it holds something back, and has it
 * put in force. Only the very difference that was approved: what came to it since needs a new word.
 */
import type { Logger } from '../platform/logger.js';
import { readDifferenceApproval } from './difference-approval.js';
import type { HeldDocument } from './held/held-documents.js';
import type { HeldStore } from './held/held-store.js';

const LOOK_MS = 1_000;

export interface HeldBackApprovalOptions {
  readonly store: HeldStore;
  readonly stateDir: string;
  readonly logger: Logger;
  /** These were taken, and are to be put in force. */
  onApproved(documents: readonly HeldDocument[]): void;
}

export class HeldBackApproval {
  readonly #timer: NodeJS.Timeout;

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
    const { head, refused } = store.held;
    if (head === null || digest === undefined || digest !== store.held.heldBackDigest) return;
    const documents = [...refused.values()].map(({ document }) => byWord(document));
    logger.info(
      { digest, documents: documents.length },
      'an operator approved on this host what was held back',
    );
    store.take(head, documents);
    this.options.onApproved(documents);
  }
}

/** As if the control plane had said by which change. */
function byWord({ key, version, revision, body }: HeldDocument): HeldDocument {
  return { key, version, revision, body, approval: revision };
}
