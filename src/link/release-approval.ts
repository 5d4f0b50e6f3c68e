/** An operator's word, given on a real server's host, that VIPs may go of which the control plane knows no change. */
import { exactly, strictDecoder } from '../contract/strict-decoder.js';
import { ApprovalFile } from './approval-file.js';

interface Written {
  readonly at: number;
  /** Null: all of them. */
  readonly vips: readonly string[] | null;
}

const ADDRESSES = { type: 'array', items: { type: 'string', format: 'canonical-address' } };
const FILE = new ApprovalFile(
  'release-approval',
  strictDecoder<Written>(
    exactly({ at: { type: 'integer' }, vips: { anyOf: [{ type: 'null' }, ADDRESSES] } }),
  ),
);

/** Which VIPs may go. */
export type ReleaseApproval = (vip: string) => boolean;

export const NOTHING_APPROVED: ReleaseApproval = () => false;

/** `vips`: null for all of them. */
export async function approveRelease(stateDir: string, vips: Written['vips'], now: number): Promise<void> {
  await FILE.give(stateDir, { at: now, vips });
}

/** `clock`: milliseconds since 1970. */
export async function readReleaseApproval(stateDir: string, clock = Date.now): Promise<ReleaseApproval> {
  const word = await FILE.read(stateDir, clock);
  return (vip) => {
    const written = word();
    return written !== undefined && (written.vips === null || written.vips.includes(vip));
  };
}
