/** What becomes of objects, member by member, as people read a difference. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { withoutControls } from './columns.js';

type Members = Readonly<Record<string, unknown>>;

export interface ObjectChange {
  readonly action: 'create' | 'update' | 'delete';
  readonly objectType: string;
  readonly objectId: string;
  readonly before: Members | null;
  readonly after: Members | null;
}

const SIGNS = { create: '+', update: '~', delete: '-' } as const;

export function changesText(changes: readonly ObjectChange[]): string {
  return changes
    .flatMap(changeLines)
    .map((line) => `${withoutControls(line)}\n`)
    .join('');
}

/** Lines without an indent. */
export function changeLines({ action, objectType, objectId, before, after }: ObjectChange): string[] {
  // The id of what is not there yet is none that anybody could use.
  const id = action === 'create' ? '' : `  ${objectId}`;
  const head = `${SIGNS[action]} ${objectType} ${titleOf(after ?? before ?? {})}${id}`;
  if (action === 'delete') return [head];
  return [head, ...changedMembers(before, after).map((name) => `    ${memberText(name, before, after)}`)];
}

export function changedMembers(before: Members | null, after: Members | null): string[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names].filter((name) => name !== 'id' && !isDeepStrictEqual(before?.[name], after?.[name]));
}

function titleOf({ name, address, port }: Members): string {
  const place = [address, port].filter((each) => each !== undefined && each !== null).join(':');
  return [name, place].filter((each) => each !== undefined && each !== '').join(' ');
}

function memberText(name: string, before: Members | null, after: Members | null): string {
  const next = JSON.stringify(after?.[name]);
  return before === null ? `${name}: ${next}` : `${name}: ${JSON.stringify(before[name])} -> ${next}`;
}
