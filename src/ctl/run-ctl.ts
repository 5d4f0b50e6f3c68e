/** The manners of every `homeward ctl` command: what was asked for goes to standard output, all else to standard error. */
import { ctlEnv } from '../platform/env.js';
import { ApiClient } from './api-client.js';

/** @param command resolves to what is printed, and to the exit code where that is not 0. */
export async function runCtl(command: (api: ApiClient) => Promise<Said>): Promise<void> {
  try {
    const { text, exitCode = 0 } = await command(new ApiClient(ctlEnv()));
    process.stdout.write(text);
    process.exitCode = exitCode;
  } catch (error) {
    if (!(error instanceof Error && 'exitCode' in error)) throw error;
    process.stderr.write(`homeward: ${error.message}\n`);
    process.exitCode = Number(error.exitCode);
  }
}

export interface Said {
  /** With the newline at its end, where there is anything to say. */
  readonly text: string;
  readonly exitCode?: number;
}
