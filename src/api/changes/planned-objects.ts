import type { DocumentChange } from '../../contract/document-change.js';
import type { AuditEntry } from './record-revision.js';

/** `scope` tells whose it is: all directors', or the node's with this id. */
export interface PlannedDocument extends DocumentChange {
  readonly scope: string;
}

/** What a write would do, as the history would keep it, and the documents that it would move. */
export interface PlannedObjects {
  readonly entries: readonly AuditEntry[];
  readonly documents: readonly PlannedDocument[];
}
