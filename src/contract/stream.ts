/**
 * What travels down: server-sent events of one type, `documents`, on `GET /node/v1/documents`.
 * A stream opens with a snapshot, or, where the node named the position that it holds, with the deltas since.
 * Both may come in parts; a node takes a batch when its last part is there, whole or not at all.
 */
import type { Document } from './documents.js';

/** Path of the stream. Query: `cluster`, `epoch`, `version`, the position held; none of them for a snapshot. */
export const DOCUMENTS_PATH = '/node/v1/documents';
export const DOCUMENTS_EVENT = 'documents';

/** A comment line is sent at least this often; a node that hears nothing for three of them connects anew. */
export const HEARTBEAT_MS = 10_000;

/** Where in the one history of a cluster a set of documents stands. Ordered by epoch, then version. */
export interface Position {
  /** UUID of the installation; positions of two clusters do not compare. */
  readonly cluster: string;
  /** Raised by an operator after a restore; nodes refuse a lower one. */
  readonly epoch: number;
  readonly version: number;
}

/** One part of a snapshot or of a delta. */
export interface DocumentsMessage extends Position {
  readonly format: number;
  readonly kind: 'snapshot' | 'delta';
  /** Newest revision of the operators' intent that these documents answer to. */
  readonly revision: number;
  /** Seeds every flow hash; one per cluster, 1 to 2^32 - 1, so that all directors choose alike. */
  readonly seed: number;
  /** Set digest (see digest.ts) of all documents with a body that the node holds once it has taken this batch. */
  readonly digest: string;
  /** True on the last part of the batch; only then do `version`, `revision` and `digest` hold. */
  readonly last: boolean;
  readonly documents: readonly Document[];
}
