/** What the link itself observes about a node, as conditions for the report. Pure. */
import type { ReportedCondition } from '../contract/report.js';
import type { Kept } from './held/assemble-held.js';

interface Observed {
  /** Why documents were last refused, or null. */
  readonly refusal: { readonly reason: string; readonly message: string } | null;
  /** Why the held documents cannot be saved, or null. */
  readonly diskTrouble: string | null;
  /** What was found on disk at the start. */
  readonly kept: Kept;
  /** Why the last attempt to put documents in force failed as a whole, or null. */
  readonly failure: string | null;
}

export function linkConditions({ refusal, diskTrouble, kept, failure }: Observed): ReportedCondition[] {
  return [
    condition('DocumentsAccepted', refusal?.reason, refusal?.message, 'Documents are taken as they arrive.'),
    condition(
      'LastKnownGoodSaved',
      diskTrouble === null ? undefined : 'NotWritable',
      `The documents cannot be saved (${diskTrouble}); after a restart this node would start from older ones. Free or repair the disk.`,
      'The documents in force are on disk.',
    ),
    condition(
      'LastKnownGoodRead',
      kept === 'all' ? undefined : kept === 'older' ? 'FellBack' : 'Unreadable',
      kept === 'older'
        ? 'The end of what was saved is damaged; this node started from an older state and waits for the control plane. Look after the disk.'
        : 'What was saved is damaged; this node started with nothing and waits for the control plane. Look after the disk.',
      'What was saved was read as a whole.',
    ),
    condition(
      'DocumentsApplied',
      failure === null ? undefined : 'ApplyFailed',
      `Documents could not be put in force and are tried again: ${failure}`,
      'Documents are put in force as they arrive.',
    ),
  ];
}

function condition(
  type: string,
  badReason: string | undefined,
  badMessage: string | undefined,
  goodMessage: string,
): ReportedCondition {
  if (badReason === undefined) return { type, status: 'True', reason: 'Works', message: goodMessage };
  return { type, status: 'False', reason: badReason, message: badMessage ?? badReason };
}
