/**
 * An administrator's word, given on the host, that the agent leaves it. It is a file in the state directory, so that the
 * agent that runs finds it, and so does one that was started anew; it holds until it is taken back.
 */
import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../platform/state-file.js';

const FILE = 'leaving';
const MODE = 0o600;

export async function sayLeaving(stateDir: string): Promise<void> {
  await writeFileAtomically(join(stateDir, FILE), '', { mode: MODE });
}

export async function sayStaying(stateDir: string): Promise<void> {
  await rm(join(stateDir, FILE), { force: true });
}

export async function isLeaving(stateDir: string): Promise<boolean> {
  return access(join(stateDir, FILE)).then(
    () => true,
    () => false,
  );
}
