/**
 * What real servers install from: the files that the build put into `dist/install/`, a Node for hosts that have none,
 * and the checksums of all of them. They hold no secret and are the same for everybody.
 */
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Failed, failure } from '../../domain/failure.js';
import { PACKAGE_ROOT } from '../../platform/package-root.js';
import { BuiltFiles, fileInMemory } from './built-files.js';
import type { HandedOutFile } from './handed-out-file.js';
import { NODE_BINARY, NodeBinary } from './node-binary.js';

const CHECKSUMS = 'SHA256SUMS';

@Injectable()
export class InstallationFiles {
  readonly #built = new BuiltFiles(join(PACKAGE_ROOT, 'dist', 'install'));
  readonly #node = new NodeBinary();

  async find(name: string): Promise<HandedOutFile> {
    if (name === CHECKSUMS) return this.checksums();
    const file = await (name === NODE_BINARY ? this.#node.find() : this.#built.find(name));
    if (file === undefined) throw noSuchFile(name);
    return file;
  }

  /** In the form that `sha256sum --check` reads. */
  private async checksums(): Promise<HandedOutFile> {
    const node = await this.#node.find();
    const files = [...(await this.#built.all()), ...(node === undefined ? [] : [node])];
    const lines = files.map(({ name, sha256 }) => `${sha256}  ${name}\n`);
    return fileInMemory(CHECKSUMS, Buffer.from(lines.join('')));
  }
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
