/** The manners of every `homeward ctl` command: what was asked for goes to standard output, all else to standard error. */
import { ctlEnv } from '../platform/env.js';
import { ApiClient } from './api-client.js';
import { EXIT } from './exit-codes.js';

export interface Said {
  /** With the newline at its end, where there is anything to say. */
  readonly text: string;
  readonly exitCode?: number;
}

export async function runCtl(command: (api: ApiClient) => Promise<Said>): Promise<void> {
  await orSayWhy(async (api) => {
    const { text, exitCode = EXIT.done } = await command(api);
    process.stdout.write(text);
    process.exitCode = exitCode;
  });
}

/** Says parts as they come. */
export async function streamCtl(command: (api: ApiClient) => AsyncIterable<string>): Promise<void> {
  await orSayWhy(async (api) => {
    for await (const text of command(api)) process.stdout.write(text);
  });
}

async function orSayWhy(work: (api: ApiClient) => Promise<void>): Promise<void> {
  // Whoever reads has seen enough, as `head` has.
  process.stdout.on('error', () => process.exit(EXIT.done));
  try {
    await work(new ApiClient(ctlEnv()));
  } catch (error) {
    if (!(error instanceof Error && 'exitCode' in error)) throw error;
    process.stderr.write(`homeward: ${error.message}\n`);
    process.exitCode = Number(error.exitCode);
  }
}
