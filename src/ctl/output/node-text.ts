/** One director or agent, for people. Pure. */
import type { ListedNode } from '../listed.js';
import { conditionLines } from './conditions-text.js';
import { withoutControls } from './columns.js';

export function nodeText(node: ListedNode): string {
  const { id, name, role, addresses, state, lastSeenAt, revisionInForce, engine } = node;
  const faults = node.faults.map(({ key, reason, message }) => `  ${key} (${reason}): ${message}`);
  const lines = [
    `${role === 'director' ? 'Director' : 'Agent'} ${name}`,
    `  id         ${id}`,
    `  addresses  ${addresses.join(', ')}`,
    ...(engine === null ? [] : [`  engine     ${engine}`]),
    `  state      ${state}, last seen ${lastSeenAt ?? 'never'}`,
    `  revision   ${revisionInForce ?? 'none'} in force`,
    'Conditions:',
    ...conditionLines(node.conditions).map((line) => `  ${line}`),
    ...(faults.length === 0 ? [] : [`Faults (${node.faultCount}):`, ...faults]),
  ];
  return `${lines.map(withoutControls).join('\n')}\n`;
}
