/**
 * Who this node is to its control plane, kept in the state directory after the join. The file holds the credential,
 * so only its owner may read it, and it is never logged.
 */
import { join } from 'node:path';
import { decodeJoinAnswer } from '../contract/decode-answers.js';
import type { JoinAnswer, NodeRole } from '../contract/join.js';
import { decodeText } from '../contract/strict-decoder.js';
import { readFileIfThere, writeFileAtomically } from '../platform/state-file.js';

export type NodeIdentity = JoinAnswer;

const FILE = 'identity.json';
const OWNER_ONLY = 0o600;

/** The identity, or undefined before the join. */
export async function loadIdentity(stateDir: string, role: NodeRole): Promise<NodeIdentity | undefined> {
  const path = join(stateDir, FILE);
  const text = await readFileIfThere(path);
  if (text === undefined) return undefined;
  const decoded = decodeText(decodeJoinAnswer, text);
  if (!decoded.ok) {
    throw new Error(
      `${path} is damaged (${decoded.problem}). Remove it and join anew with a fresh join token.`,
    );
  }
  if (decoded.value.role !== role) {
    throw new Error(
      `${stateDir} is the state of a ${decoded.value.role}, and this is a ${role}. Set HOMEWARD_STATE_DIR to another directory.`,
    );
  }
  return decoded.value;
}

export async function saveIdentity(stateDir: string, identity: NodeIdentity): Promise<void> {
  await writeFileAtomically(join(stateDir, FILE), `${JSON.stringify(identity)}\n`, { mode: OWNER_ONLY });
}
