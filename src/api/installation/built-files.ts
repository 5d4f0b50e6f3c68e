/**
 * The files that a build left in a folder, to be handed out. A new build is handed out by a process that runs. Nobody's
 * text becomes a path: a name is looked up among those that are there, and one that is not there costs no more than that.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { HandedOutFile } from './handed-out-file.js';
import { MadeOfFile } from './made-of-file.js';

const PLAIN_TEXT = 'text/plain; charset=utf-8';
const MEDIA_TYPES: Readonly<Partial<Record<string, string>>> = {
  '.cjs': 'text/javascript; charset=utf-8',
};

export class BuiltFiles {
  readonly #files = new MadeOfFile(async (path) => fileInMemory(basename(path), await readFile(path)));

  constructor(private readonly folder: string) {}

  /** Undefined where there is none of this name. */
  async find(name: string): Promise<HandedOutFile | undefined> {
    return (await this.names()).includes(name) ? this.#files.of(join(this.folder, name)) : undefined;
  }

  async all(): Promise<readonly HandedOutFile[]> {
    return Promise.all((await this.names()).map((name) => this.#files.of(join(this.folder, name))));
  }

  /** None where nothing was built. */
  private async names(): Promise<readonly string[]> {
    return readdir(this.folder).catch(() => []);
  }
}

export function fileInMemory(name: string, content: Buffer): HandedOutFile {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { name, mediaType: MEDIA_TYPES[extname(name)] ?? PLAIN_TEXT, sha256, content };
}
