/** What the agent's unit starts Node with, for tests and measurements that shall meet the agent as it runs. */
import { readFile } from 'node:fs/promises';

/** Options of Node, in the form of NODE_OPTIONS. */
export async function unitFlags(): Promise<string> {
  const unit = await readFile('packaging/systemd/homeward-agent.service', 'utf8');
  const [, flags = ''] = /^ExecStart=\S+\/node ((?:--\S+ )*)/m.exec(unit) ?? [];
  return flags.trim();
}
