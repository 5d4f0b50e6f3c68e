/**
 * A lock that one process has at a time, where there is no flock: whoever listens on a name has it. Windows drops a named
 * pipe when the process ends, however it ends, and gives a name to one process alone.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

export interface HeldLock {
  close(): Promise<void>;
}

/** A name for the lock on a path; whatever is in the path, the name is plain. */
export function pipeFor(path: string): string {
  // Windows takes a path in any case.
  return `\\\\.\\pipe\\homeward-${createHash('sha256').update(path.toLowerCase()).digest('hex')}`;
}

/** Resolves to what must be closed to give the lock back. Rejects with `taken` when another process has it. */
export async function lockPipe(name: string, taken: string): Promise<HeldLock> {
  const server = createServer((connection) => connection.destroy());
  server.listen(name);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new Error(taken, { cause: error });
    }
    throw error;
  }
  // A lock is no reason to go on running.
  server.unref();
  return { close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Whether a process has it. */
export async function isPipeLocked(name: string): Promise<boolean> {
  const socket = connect(name);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  } finally {
    socket.destroy();
  }
}
