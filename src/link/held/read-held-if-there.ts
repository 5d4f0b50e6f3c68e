/** What a node holds, for commands beside it that look and take nothing. */
import { assembleHeld, type AssembledHeld } from './assemble-held.js';
import { readHeld } from './held-store.js';

/** Without the directory nothing was ever kept. */
export async function readHeldIfThere(stateDir: string): Promise<AssembledHeld> {
  return readHeld(stateDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return assembleHeld([]);
    throw error;
  });
}
