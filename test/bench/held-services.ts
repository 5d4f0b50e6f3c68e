/** Reads from the engine's own state directory which documents it was handed: what the kernel is to be measured by. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceDocument } from '../../src/contract/documents.js';
import { assembleHeld, type HeldFile } from '../../src/link/held/assemble-held.js';

const FILE_NAME = /^held-(\d+)\.(snapshot|journal)$/;

export interface HeldServices {
  readonly seed: number;
  /** By the id of the service. */
  readonly services: ReadonlyMap<string, ServiceDocument>;
}

export async function readHeldServices(stateDir: string): Promise<HeldServices> {
  const { held } = assembleHeld(await readFiles(stateDir));
  const services = new Map<string, ServiceDocument>();
  for (const [key, { body }] of held.documents) if (body?.kind === 'service') services.set(key, body);
  return { seed: held.head?.seed ?? 0, services };
}

async function readFiles(stateDir: string): Promise<readonly HeldFile[]> {
  const files: HeldFile[] = [];
  for (const name of await readdir(stateDir)) {
    const [, generation, kind] = FILE_NAME.exec(name) ?? [];
    if (generation === undefined) continue;
    const content = await readFile(join(stateDir, name));
    files.push({
      generation: Number(generation),
      kind: kind === 'snapshot' ? 'snapshot' : 'journal',
      content,
    });
  }
  return files;
}
