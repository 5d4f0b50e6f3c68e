/** The script with which a person sets up a host that has no agent. Pure. */
import { bodyDecoder } from '../contract/decode-documents.js';
import type { VipDocument } from '../contract/documents.js';
import { readableShell } from './linux/readable-shell.js';
import type { SetupPart } from './setup-part.js';
import { readablePowerShell } from './windows/readable-powershell.js';

export type SetupOs = 'linux' | 'windows';

export const SETUP_OSES: readonly SetupOs[] = ['linux', 'windows'];

/** `vip`: with all services of the host on it. Throws where anything in it is not what the contract promises. */
export function setupScript(os: SetupOs, vip: VipDocument, part: SetupPart): string {
  const decoded = bodyDecoder('agent')(vip);
  if (!decoded.ok) throw new Error(`there is no script for this: ${decoded.problem}`);
  return os === 'linux' ? readableShell(vip, part) : readablePowerShell(vip, part);
}
