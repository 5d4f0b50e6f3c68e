/**
 * The Node that a real server without one is given: that of the npm package where it is installed, else the very one
 * that this process runs on. It fits hosts of the same platform; an installer tries it before it relies on it.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { HandedOutFile } from './handed-out-file.js';
import { MadeOfFile } from './made-of-file.js';

/** Of the platform that it runs on, as Node names it. */
export const NODE_BINARY = `node-${process.platform}-${process.arch}`;

export class NodeBinary {
  readonly #file = new MadeOfFile(digested);

  constructor(private readonly path: string = packagedNode() ?? process.execPath) {}

  /** Undefined where it is not there, as happens while Node is upgraded below a process that runs. */
  async find(): Promise<HandedOutFile | undefined> {
    return this.#file.of(this.path).catch(() => undefined);
  }
}

/** Reads a hundred megabytes. */
async function digested(path: string): Promise<HandedOutFile> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const sha256 = hash.digest('hex');
  return { name: NODE_BINARY, mediaType: 'application/octet-stream', sha256, content: { path } };
}

function packagedNode(): string | undefined {
  try {
    return join(
      dirname(createRequire(import.meta.url).resolve(`${NODE_BINARY}/package.json`)),
      'bin',
      'node',
    );
  } catch {
    return undefined;
  }
}
