/** What the bench and the process that measures the floor say to each other. */
import type { ElementEvent } from './element-watch.js';

export interface FloorOrder {
  /** For `nft -f -`. */
  readonly text: string;
  /** What is timed; absent where nothing is. */
  readonly wanted?: ElementEvent;
}

export interface FloorTime {
  /** From the spawn to the commit, seen as Homeward's commits are. */
  readonly committedMs: number;
  /** From the spawn to nft's exit; a transaction with a deletion in it waits there for an RCU grace period. */
  readonly exitedMs: number;
}
