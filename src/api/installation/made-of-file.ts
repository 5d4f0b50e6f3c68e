/**
 * What was made of a file, such as its digest, kept for as long as the file is the same by size, time and inode: a file
 * of a hundred megabytes is not read again for everybody who asks. What failed is tried again. Holds one entry per path,
 * and paths are ours, not a requester's.
 */
import { stat } from 'node:fs/promises';

export class MadeOfFile<T> {
  readonly #known = new Map<string, { readonly stamp: string; readonly made: Promise<T> }>();

  constructor(private readonly make: (path: string) => Promise<T>) {}

  async of(path: string): Promise<T> {
    const { mtimeMs, size, ino } = await stat(path);
    const stamp = `${mtimeMs} ${size} ${ino}`;
    const known = this.#known.get(path);
    if (known?.stamp === stamp) return known.made;
    const made = this.make(path);
    this.#known.set(path, { stamp, made });
    return made.catch((error: unknown) => {
      if (this.#known.get(path)?.made === made) this.#known.delete(path);
      throw error;
    });
  }
}
