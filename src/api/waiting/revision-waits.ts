/**
 * Waits until a revision is in force, however many virtual services it has changed, and tells how far it is then. It ends
 * as well when later revisions have changed what was still to come: that will never be in force as this one left it.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { RevisionProgressView } from '../progress/progress.view.js';
import { ReadProgress } from '../progress/read-progress.js';
import { InForceWaits } from './in-force-waits.js';

@Injectable()
export class RevisionWaits {
  constructor(
    @Inject(InForceWaits) private readonly waits: InForceWaits,
    @Inject(ReadProgress) private readonly progress: ReadProgress,
  ) {}

  /** @returns null: nobody waited, as of `InForceWaits.until`. */
  async until(revision: number, withinMs: number, gone: AbortSignal): Promise<RevisionProgressView | null> {
    const end = performance.now() + withinMs;
    for (;;) {
      const ids = await this.progress.awaited(revision);
      const left = Math.max(0, end - performance.now());
      const missing = ids.length === 0 ? [] : await this.waits.until(ids, left, gone);
      if (missing === null || gone.aborted) return null;
      const progress = await this.progress.of(revision);
      // One of those that were in force may be lacking again: all of them are looked at in one moment.
      if (progress.state !== 'rolling-out' || missing.length > 0 || performance.now() >= end) return progress;
    }
  }
}
