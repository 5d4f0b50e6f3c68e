/** An operator's word, given on a director's host, that one difference which it holds back shall come into force. */
import { DIGEST } from '../contract/decode-documents.js';
import { exactly, strictDecoder } from '../contract/strict-decoder.js';
import { ApprovalFile } from './approval-file.js';

interface Written {
  readonly at: number;
  /** Of the difference, as the director's condition names it. */
  readonly digest: string;
}

const FILE = new ApprovalFile(
  'difference-approval',
  strictDecoder<Written>(exactly({ at: { type: 'integer' }, digest: DIGEST })),
);

export async function approveDifference(stateDir: string, digest: string, now: number): Promise<void> {
  await FILE.give(stateDir, { at: now, digest });
}

/** The digest that is approved now, if any. */
export async function readDifferenceApproval(stateDir: string): Promise<string | undefined> {
  return (await FILE.read(stateDir))()?.digest;
}
