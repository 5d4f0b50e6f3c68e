/** What the history keeps of a change of a node. Never a token, a credential or a hash of one. */
import type { AuditEntry } from '../changes/record-revision.js';
import type { NodeRow } from '../store/rows/node.row.js';

type Named = Pick<NodeRow, 'id' | 'name' | 'role'>;

export function nodeCreation(node: Named, addresses: readonly string[]): AuditEntry {
  return entry('create', node, null, intent(node, addresses));
}

/** @param before,after what moved, beside the node's own fields that stay. */
export function nodeUpdate(
  node: Named,
  addresses: readonly string[],
  before: object,
  after: object,
): AuditEntry {
  const same = intent(node, addresses);
  return entry('update', node, { ...same, ...before }, { ...same, ...after });
}

/** @param lost what an operator chose to leave behind, such as VIPs on a host that is gone. */
export function nodeDeletion(node: Named, addresses: readonly string[], lost: object): AuditEntry {
  return entry('delete', node, { ...intent(node, addresses), ...lost }, null);
}

function intent({ name, role }: Named, addresses: readonly string[]): object {
  return { name, role, addresses };
}

function entry(
  action: AuditEntry['action'],
  { id }: Named,
  before: object | null,
  after: object | null,
): AuditEntry {
  return { action, objectType: 'node', objectId: id, before, after };
}
