/** What the engine asks of whoever checks servers over the path of clients. */
import type { HealthQuestion } from '../../contract/documents.js';
import type { Ground } from '../../forwarding/ground.js';
import type { ProbeTurn } from './probe/probe-messages.js';

/** A question that is asked of one server again and again, on the VIP. */
export interface Check {
  readonly id: number;
  /** Of the real server. */
  readonly address: string;
  readonly vip: string;
  readonly question: HealthQuestion;
  /** What is known. */
  readonly healthy: boolean | null;
}

export interface ProberListener {
  readonly onTurned: (turns: readonly ProbeTurn[]) => void;
  /** `trouble` is another than before. */
  readonly onTrouble: () => void;
}

export interface Prober {
  /** Why nothing is checked now; undefined where all is well. */
  readonly trouble: string | undefined;
  /** Nothing is asked before this is known. */
  standOn(ground: Ground): void;
  put(checks: readonly Check[]): void;
  forget(ids: readonly number[]): void;
  stop(): Promise<void>;
}
