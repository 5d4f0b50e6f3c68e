/**
 * A lock that one process has at a time. It is flock(2) on an open file: the kernel drops it when the process ends,
 * however it ends, so that kill -9 leaves nothing behind, and it holds across network namespaces and containers that
 * share the file. A file with a process id in it does neither. Node has no flock, but flock(1) locks the open file that
 * it inherits from us, and the lock outlives it because the file stays open here.
 * Windows has no flock, and locks a name.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { CommandFailed, systemCommands } from './command-runner.js';
import { lockPipe, pipeFor, type HeldLock } from './pipe-lock.js';

/** What `flock --nonblock` exits with when somebody else holds the lock. */
const EXIT_TAKEN = 1;
/** The first descriptor after standard input, output and error. */
const INHERITED = '3';
const OWNER_ONLY = 0o600;

/** Resolves to what must be closed to give the lock back. Rejects with `taken` when another process has it. */
export async function lockFile(path: string, taken: string): Promise<HeldLock> {
  if (process.platform === 'win32') return lockPipe(pipeFor(path), taken);
  const file = await open(path, 'a', OWNER_ONLY);
  try {
    await systemCommands.run(['flock', '--exclusive', '--nonblock', INHERITED], { descriptors: [file.fd] });
    return file;
  } catch (error) {
    await file.close();
    if (error instanceof CommandFailed && error.exitCode === EXIT_TAKEN) {
      throw new Error(taken, { cause: error });
    }
    throw error;
  }
}

/** Whether another process has it. A file that is not there is locked by nobody. */
export async function isFileLocked(path: string): Promise<boolean> {
  const file = await openIfThere(path);
  if (file === undefined) return false;
  try {
    await systemCommands.run(['flock', '--shared', '--nonblock', INHERITED], { descriptors: [file.fd] });
    return false;
  } catch (error) {
    if (error instanceof CommandFailed && error.exitCode === EXIT_TAKEN) return true;
    throw error;
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
