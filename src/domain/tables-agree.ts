/**
 * Whether a director would send new flows where the others do. All make the same tables of the same documents, so one that
 * differs at the same place in their history sees something else: servers that do not answer it, or other segments.
 */
import type { Condition } from './status.js';

/** What a director has in force. */
export interface ReportedTable {
  readonly director: string;
  readonly epoch: number;
  readonly version: number;
  readonly digest: string;
}

/** Null: there is nobody to compare with. `others` are connected, and may be at other positions. */
export function tablesAgree(
  own: ReportedTable,
  others: readonly ReportedTable[],
): Pick<Condition, 'type' | 'status' | 'reason' | 'message'> | null {
  const beside = others.filter(({ epoch, version }) => epoch === own.epoch && version === own.version);
  if (beside.length === 0) return null;
  const differing = beside.filter(({ digest }) => digest !== own.digest).map(({ director }) => director);
  const head = { type: 'TablesAgree' } as const;
  if (differing.length === 0) {
    const message = 'It sends new flows to the same servers as the other directors.';
    return { ...head, status: 'True', reason: 'Same', message };
  }
  const message =
    `It does not send new flows to the same servers as ${differing.sort().join(', ')}, with the same documents. One of ` +
    'them sees servers fail that answer the other, or lacks a segment or has a fault: compare their conditions. ' +
    'A flow that moves from one director to another may break.';
  return { ...head, status: 'False', reason: 'Different', message };
}
