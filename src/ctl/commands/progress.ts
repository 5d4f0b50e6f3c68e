/** `homeward ctl progress`: how far a revision is in force, and who is behind. */
import type { ApiClient } from '../api-client.js';
import { awaitRevision } from '../await-revision.js';
import { inFormat, type Format } from '../output/in-format.js';
import { progressExit, progressText } from '../output/progress-text.js';
import type { Said } from '../run-ctl.js';

export interface ProgressOptions {
  readonly output: Format;
  /** Seconds; absent: it is said as it is now. */
  readonly wait?: number;
}

export async function progress(
  api: ApiClient,
  revision: number,
  { output, wait = 0 }: ProgressOptions,
): Promise<Said> {
  const found = await awaitRevision(api, revision, wait);
  return { text: inFormat(output, found, () => progressText(found)), exitCode: progressExit(found) };
}
