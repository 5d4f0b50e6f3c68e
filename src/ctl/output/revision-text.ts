/** One accepted change, for people. Pure. */
import { changeLines, type ObjectChange } from './change-text.js';
import { withoutControls } from './columns.js';
import type { ListedRevision } from '../listed.js';

export interface DescribedRevision extends ListedRevision {
  readonly requestId: string;
  readonly changes: readonly ObjectChange[];
}

export function revisionText(revision: DescribedRevision): string {
  const { number, actor, ticket, createdAt, requestId, changes } = revision;
  const lines = [
    `Revision ${number}`,
    `  at       ${createdAt}`,
    `  by       ${actor}, request ${requestId}`,
    ...(ticket === null ? [] : [`  ticket   ${ticket}`]),
    ...changes.flatMap(changeLines),
  ];
  return `${lines.map(withoutControls).join('\n')}\n`;
}
