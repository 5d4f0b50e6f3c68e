/** One process per state directory: two would write one journal. */
import { join } from 'node:path';
import { lockFile } from '../platform/file-lock.js';
import type { HeldLock } from '../platform/pipe-lock.js';

/** Resolves to what must be closed to give the lock back. Rejects when another process has it. */
export function lockStateDir(stateDir: string): Promise<HeldLock> {
  const taken = `Another process works in ${stateDir}. Stop it first; one node has one process.`;
  return lockFile(join(stateDir, 'lock'), taken);
}
