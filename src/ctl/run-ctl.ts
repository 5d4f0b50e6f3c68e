/** The manners of every `homeward ctl` command: what was asked for goes to standard output, all else to standard error. */
import { ctlEnv } from '../platform/env.js';
import { ApiClient } from './api-client.js';
import { EXIT } from './exit-codes.js';
import { withoutControls } from './output/columns.js';

export interface Said {
  /** With the newline at its end, where there is anything to say. */
  readonly text: string;
  readonly exitCode?: number;
}

type Work = (api: ApiClient) => Promise<void>;

/** @param seconds how long the API may take for an answer. */
export async function runCtl(seconds: number, command: (api: ApiClient) => Promise<Said>): Promise<void> {
  await orSayWhy(seconds, async (api) => {
    const { text, exitCode = EXIT.done } = await command(api);
    process.exitCode = exitCode;
    process.stdout.write(text);
  });
}

/** Says parts as they come. */
export async function streamCtl(
  seconds: number,
  command: (api: ApiClient) => AsyncIterable<string>,
): Promise<void> {
  await orSayWhy(seconds, async (api) => {
    for await (const text of command(api)) process.stdout.write(text);
  });
}

async function orSayWhy(seconds: number, work: Work): Promise<void> {
  process.stdout.on('error', endWithoutReader);
  try {
    await work(new ApiClient(ctlEnv(), seconds * 1_000));
  } catch (error) {
    // Whatever else goes wrong must not end as a difference that `diff` has found.
    sayWhy(error);
    process.exitCode = error instanceof Error && 'exitCode' in error ? Number(error.exitCode) : EXIT.failed;
  }
}

/** Whoever reads may have seen enough, as `head` has; a disk that is full has not. */
function endWithoutReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit();
  sayWhy(error);
  process.exit(EXIT.failed);
}

/** Messages repeat what others have written: names, and pages of proxies. */
function sayWhy(error: unknown): void {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n');
  process.stderr.write(`homeward: ${lines.map(withoutControls).join('\n')}\n`);
}
