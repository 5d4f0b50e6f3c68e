/** What a change of many virtual services has done, for people. Pure. */
import { columnsText, type Column } from './columns.js';

export interface Applied {
  readonly revision: number | null;
  readonly changes: readonly AppliedChange[];
}

interface AppliedChange {
  readonly action: string;
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly protocol: string;
  readonly port: number;
}

const COLUMNS: readonly Column<AppliedChange>[] = [
  { header: 'DONE', cell: ({ action }) => action },
  { header: 'NAME', cell: ({ name }) => name || '-' },
  { header: 'SERVES', cell: ({ address, port, protocol }) => `${address} ${port}/${protocol}` },
  { header: 'ID', cell: ({ id }) => id },
];

export function appliedText({ revision, changes }: Applied): string {
  if (revision === null) return 'Nothing had to be changed.\n';
  return `${columnsText(COLUMNS, changes, '')}Revision ${revision}\n`;
}
