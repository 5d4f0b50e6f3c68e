/**
 * One process per state directory. The lock is flock(2) on an open file: the kernel drops it when the process ends,
 * however it ends, so that kill -9 leaves nothing behind, and it holds across network namespaces and containers that
 * share the directory. A file with a process id in it does neither. Node has no flock, but flock(1) locks the open
 * file that it inherits from us, and the lock outlives it because the file stays open here.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailed, systemCommands } from '../platform/command-runner.js';

/** What `flock --nonblock` exits with when somebody else holds the lock. */
const EXIT_TAKEN = 1;
/** The first descriptor after standard input, output and error. */
const INHERITED = '3';

/** Resolves to what must be closed to give the lock back. Rejects when another process has it. */
export async function lockStateDir(stateDir: string): Promise<FileHandle> {
  const file = await open(join(stateDir, 'lock'), 'a', 0o600);
  try {
    await systemCommands.run(['flock', '--exclusive', '--nonblock', INHERITED], { descriptors: [file.fd] });
    return file;
  } catch (error) {
    await file.close();
    if (error instanceof CommandFailed && error.exitCode === EXIT_TAKEN) {
      throw new Error(`Another process works in ${stateDir}. Stop it first; one node has one process.`, {
        cause: error,
      });
    }
    throw error;
  }
}
