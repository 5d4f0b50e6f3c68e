/**
 * One agent per host, whatever its state directory: two would undo each other's VIPs and guard. A host is a network
 * namespace here, for that is what addresses, settings and guard belong to.
 */
import { mkdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isFileLocked, lockFile } from '../../../platform/file-lock.js';
import type { HeldLock } from '../../../platform/pipe-lock.js';
import { ANOTHER_AGENT } from '../another-agent.js';

const OWNER_ONLY = 0o700;

/** Resolves to what must be closed to give the lock back. Rejects when another agent has it. */
export async function lockHost(runDir: string): Promise<HeldLock> {
  await mkdir(runDir, { recursive: true, mode: OWNER_ONLY });
  return lockFile(await lockPath(runDir), ANOTHER_AGENT);
}

/** Whether an agent has it. */
export async function isHostLocked(runDir: string): Promise<boolean> {
  return isFileLocked(await lockPath(runDir));
}

async function lockPath(runDir: string): Promise<string> {
  const namespace = /\d+/.exec(await readlink('/proc/self/ns/net'))?.[0] ?? 'host';
  return join(runDir, `agent-${namespace}.lock`);
}
