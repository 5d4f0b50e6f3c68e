/** How far a revision is in force, for people. Pure. */
import { EXIT } from '../exit-codes.js';
import { columnsText, type Column } from './columns.js';

export interface Progress {
  readonly revision: number;
  readonly state: 'rolling-out' | 'in-force' | 'overtaken';
  readonly services: Readonly<Record<'total' | 'inForce' | 'waiting' | 'overtaken', number>>;
  readonly nodes: readonly NodeBehind[];
  readonly nodesLeftOut: number;
}

interface NodeBehind {
  readonly role: string;
  readonly node: string | null;
  readonly services: number;
  readonly first: readonly { readonly realServer: string | null; readonly message: string }[];
}

const COLUMNS: readonly Column<NodeBehind>[] = [
  { header: 'BEHIND', cell: ({ node, first }) => node ?? first[0]?.realServer ?? '-' },
  { header: 'ROLE', cell: ({ role }) => role },
  { header: 'LACKS', cell: ({ services }) => String(services) },
  { header: 'WHY', cell: ({ first }) => first[0]?.message ?? '-' },
];

export function progressText({ revision, state, services, nodes, nodesLeftOut }: Progress): string {
  const { total, inForce, waiting, overtaken } = services;
  const counts = `${inForce} of ${total} services in force, ${waiting} waiting, ${overtaken} overtaken`;
  const behind = nodes.length === 0 ? '' : columnsText(COLUMNS, nodes, '');
  const others = nodesLeftOut === 0 ? '' : `… and ${nodesLeftOut} more\n`;
  return `Revision ${revision} is ${state}: ${counts}\n${behind}${others}`;
}

export function progressExit({ state }: Progress): number {
  if (state === 'in-force') return EXIT.done;
  return state === 'overtaken' ? EXIT.overtaken : EXIT.notInForce;
}
