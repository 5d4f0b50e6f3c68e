/**
 * An operator's word, given on the host itself, that VIPs may go of which the control plane knows no change. It is a file
 * in the state directory, so that the agent that runs finds it, and holds for some minutes: what goes by accident
 * later is another matter.
 */
import { join } from 'node:path';
import { decodeText, exactly, strictDecoder } from '../contract/strict-decoder.js';
import { readFileIfThere, writeFileAtomically } from '../platform/state-file.js';

const FILE = 'release-approval';
const MODE = 0o600;
const HOLDS_MS = 10 * 60_000;

interface Written {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Null: all of them. */
  readonly vips: readonly string[] | null;
}

const ADDRESSES = { type: 'array', items: { type: 'string', format: 'canonical-address' } };
const decode = strictDecoder<Written>(
  exactly({ at: { type: 'integer' }, vips: { anyOf: [{ type: 'null' }, ADDRESSES] } }),
);

/** Which VIPs may go. */
export type ReleaseApproval = (vip: string) => boolean;

export const NOTHING_APPROVED: ReleaseApproval = () => false;

/** `vips`: null for all of them. */
export async function approveRelease(stateDir: string, vips: Written['vips'], now: number): Promise<void> {
  const written: Written = { at: now, vips };
  await writeFileAtomically(join(stateDir, FILE), JSON.stringify(written), { mode: MODE });
}

/**
 * A file that cannot be read approves nothing. Whoever reads it may keep what was read: it ends by itself.
 * `clock`: milliseconds since 1970.
 */
export async function readReleaseApproval(stateDir: string, clock = Date.now): Promise<ReleaseApproval> {
  const text = await readFileIfThere(join(stateDir, FILE)).catch(() => undefined);
  const decoded = text === undefined ? undefined : decodeText(decode, text);
  if (decoded?.ok !== true) return NOTHING_APPROVED;
  const { at, vips } = decoded.value;
  return (vip) => holds(at, clock()) && (vips === null || vips.includes(vip));
}

function holds(at: number, now: number): boolean {
  return now >= at && now - at <= HOLDS_MS;
}
