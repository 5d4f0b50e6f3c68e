/**
 * What real servers install from: the files that the build put into `dist/install/`, a Node for hosts that have none,
 * and the checksums of all of them. They hold no secret and are the same for everybody. Nobody's text becomes a path:
 * a name is looked up among those that are there.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Failed, failure } from '../../domain/failure.js';
import { PACKAGE_ROOT } from '../../platform/package-root.js';
import type { HandedOutFile } from './handed-out-file.js';
import { findNodeBinary, NODE_BINARY } from './node-binary.js';

const CHECKSUMS = 'SHA256SUMS';
const FOLDER = join(PACKAGE_ROOT, 'dist', 'install');
const PLAIN_TEXT = 'text/plain; charset=utf-8';
const MEDIA_TYPES: Readonly<Partial<Record<string, string>>> = {
  '.cjs': 'text/javascript; charset=utf-8',
};

@Injectable()
export class InstallationFiles {
  #node: Promise<HandedOutFile> | undefined;

  async find(name: string): Promise<HandedOutFile> {
    if (name === CHECKSUMS) return this.checksums();
    if (name === NODE_BINARY) return this.node();
    const file = (await readBuilt()).find((each) => each.name === name);
    if (file === undefined) throw noSuchFile(name);
    return file;
  }

  /** In the form that `sha256sum --check` reads. */
  private async checksums(): Promise<HandedOutFile> {
    const files = [...(await readBuilt()), await this.node()];
    return inMemory(CHECKSUMS, Buffer.from(files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('')));
  }

  private node(): Promise<HandedOutFile> {
    this.#node ??= findNodeBinary();
    return this.#node;
  }
}

/** What is there now: a new build is handed out by a process that runs. Empty where nothing was built. */
async function readBuilt(): Promise<readonly HandedOutFile[]> {
  const names = await readdir(FOLDER).catch(() => []);
  return Promise.all(names.map(async (name) => inMemory(name, await readFile(join(FOLDER, name)))));
}

function inMemory(name: string, content: Buffer): HandedOutFile {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { name, mediaType: MEDIA_TYPES[extname(name)] ?? PLAIN_TEXT, sha256, content };
}

function noSuchFile(name: string): Failed {
  return new Failed(
    failure(
      'not-found',
      'not-found',
      `There is no file ${JSON.stringify(name)} to install from.`,
      `All of them stand in /install/${CHECKSUMS}.`,
    ),
  );
}
