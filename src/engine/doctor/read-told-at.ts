/** When the engine was last told something: it writes that down at once, in one of these files. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const HELD = /^held-\d+\.(snapshot|journal)$/;

/** Null: never, or nobody kept it. */
export async function readToldAt(stateDir: string): Promise<string | null> {
  const names = (await readdir(stateDir).catch(() => [])).filter((name) => HELD.test(name));
  const times = await Promise.all(names.map(async (name) => (await stat(join(stateDir, name))).mtimeMs));
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}
