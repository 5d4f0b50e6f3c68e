/** Events for people, one line each. Pure. */
import { changedMembers } from './change-text.js';
import { withoutControls } from './columns.js';

export interface Event {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly subject: string;
  readonly data: {
    readonly name: string;
    readonly revision: number | null;
    readonly actor: string | null;
    readonly ticket: string | null;
    readonly condition: string | null;
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
  };
}

export function eventLine({ id, type, time, subject, data }: Event): string {
  const who =
    data.actor === null ? '' : ` by ${data.actor}${data.ticket === null ? '' : ` (${data.ticket})`}`;
  const revision = data.revision === null ? '' : ` revision ${data.revision}`;
  const line = `${time} ${id} ${type} ${data.name || subject}${whatText(data)}${revision}${who}`;
  return `${withoutControls(line)}\n`;
}

/** What an edit changed, or the words that a status or a condition went from and to. */
function whatText({ revision, condition, before, after }: Event['data']): string {
  if (revision !== null) {
    const isEdit = before !== null && after !== null;
    return isEdit ? ` (${changedMembers(before, after).join(', ')})` : '';
  }
  const what = condition === null ? '' : ` ${condition}`;
  const [from, to] = [wordsOf(before), wordsOf(after)];
  const message = typeof after?.['message'] === 'string' ? `: ${after['message']}` : '';
  return from === '' && to === '' ? what : `${what} ${from || 'none'} -> ${to || 'none'}${message}`;
}

const WORDS = ['status', 'reason', 'state', 'operating', 'provisioning'] as const;

function wordsOf(side: Event['data']['before']): string {
  return WORDS.flatMap((name) => (typeof side?.[name] === 'string' ? [side[name]] : [])).join('/');
}
