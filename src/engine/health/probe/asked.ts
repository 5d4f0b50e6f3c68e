import type { HealthQuestion } from '../../../contract/documents.js';

/** Who is asked what. */
export interface Asked {
  /** Address that is asked. */
  readonly host: string;
  /** The socket's own address; null: as the kernel chooses. */
  readonly from: string | null;
  readonly question: HealthQuestion;
}
