/**
 * Files that must survive a kill at any byte: a reader sees the old text or the new one, never a part.
 * The rename is atomic; the two fsyncs make sure that a power cut does not bring an empty file under the final name.
 */
import { chmod, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

const writing = new Map<string, Promise<void>>();

/**
 * Replaces the file with `text`, which may come in pieces. Writes to one path take their turns, the last call wins; the
 * temporary file has a fixed name, so a kill leaves at most one behind and the next write takes it away. A write that
 * fails leaves none, for it may have failed of a full disk. One process per path.
 */
export async function writeFileAtomically(
  path: string,
  text: string | Iterable<string>,
  { mode }: { mode: number },
): Promise<void> {
  const key = resolve(path);
  const turn = (writing.get(key) ?? Promise.resolve())
    .catch(() => undefined)
    .then(() => replace(key, text, mode));
  writing.set(key, turn);
  try {
    await turn;
  } finally {
    if (writing.get(key) === turn) writing.delete(key);
  }
}

/** The text of the file, or undefined where there is none. */
export async function readFileIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Where a file is written before it gets its name. */
export function temporaryOf(path: string): string {
  return `${path}.tmp`;
}

async function replace(path: string, text: string | Iterable<string>, mode: number): Promise<void> {
  const temporary = temporaryOf(path);
  await rm(temporary, { force: true });
  try {
    await writeNew(temporary, text, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

async function writeNew(path: string, text: string | Iterable<string>, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    // The umask may have narrowed the mode.
    await chmod(path, mode);
    // On an open file, writeFile goes on where the one before it ended.
    for (const piece of typeof text === 'string' ? [text] : text) await file.writeFile(piece, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Makes the names in a directory durable: files that were made, renamed or removed in it. Windows opens no directory, and
 * keeps names in the journal of its file system.
 */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
