/**
 * Decides which reports are news. A report that does not rise above the last one that was taken is late or was sent
 * twice, and is dropped: it would put back what a newer one has said.
 */
import type { Report, ReportAnswer } from '../../../contract/report.js';
import type { CommitOrder } from '../../store/commit-order.js';
import { believedPosition } from './believed-position.js';
import type { StatusBefore } from './lock-statuses.js';

/** A report that is taken, with no other position than one that this database gave out. */
export interface TakenReport<R extends Report = Report> {
  readonly nodeId: string;
  readonly report: R;
  readonly before: StatusBefore;
  /** Version that the node had confirmed before, in the same epoch; null: none. */
  readonly versionBefore: number | null;
}

export interface Judgement {
  readonly answer: ReportAnswer;
  /** Null: dropped. */
  readonly taken: TakenReport | null;
}

export function judgeReport(said: Report, before: StatusBefore, newest: CommitOrder): Judgement {
  if (said.sequence <= before.sequence) {
    return { answer: { complete: false, sequence: before.sequence }, taken: null };
  }
  const report = { ...said, position: believedPosition(said, newest) };
  const versionBefore = before.epoch === report.position?.epoch ? before.version : null;
  const complete = !report.complete && versionBefore === null;
  return {
    answer: { complete, sequence: report.sequence },
    taken: { nodeId: before.nodeId, report, before, versionBefore },
  };
}
