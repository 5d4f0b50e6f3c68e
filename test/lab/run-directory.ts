/**
 * The folder of one run under the system's temporary directory: the API's data, the nodes' state, logs, the socket.
 * A folder belongs to the process that its `owner` file names; one whose owner is gone is litter of a killed run.
 * Nothing of a run that is still alive is ever touched.
 */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, processIdentity } from '../../src/platform/process-identity.js';

const PREFIX = 'homeward-lab-';
/** A folder that has no owner yet may be in the making. */
const MAKING_LIMIT_MS = 60_000;

export async function makeRunDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), PREFIX));
  await writeFile(ownerFile(directory), processIdentity(process.pid) ?? '', { mode: 0o600 });
  return directory;
}

export function removeRunDirectory(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

/** Removes what dead runs of this user left. */
export async function removeDeadRuns(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  for (const directory of names.map((name) => join(tmpdir(), name))) {
    if (await isLitter(directory)) await removeRunDirectory(directory);
  }
}

async function isLitter(directory: string): Promise<boolean> {
  try {
    const { uid, mtimeMs } = await stat(directory);
    if (uid !== process.getuid?.()) return false;
    const owner = await readFile(ownerFile(directory), 'utf8').catch(() => '');
    return owner === '' ? Date.now() - mtimeMs > MAKING_LIMIT_MS : !isAlive(owner);
  } catch {
    // Somebody else was quicker.
    return false;
  }
}

function ownerFile(directory: string): string {
  return join(directory, 'owner');
}
