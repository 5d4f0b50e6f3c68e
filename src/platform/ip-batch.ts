/**
 * Many lines for one `ip`, by standard input: a host may hold ten thousand addresses. A line that the kernel refuses,
 * such as the removal of an address that is gone, does not hold up the others.
 */
import { CommandFailed, type CommandRunner } from './command-runner.js';

/** Ten thousand addresses take about three seconds. */
const TIMEOUT_MS = 120_000;

export interface FailedLine {
  /** Place in the lines that were given, from 0. */
  readonly line: number;
  readonly message: string;
}

/** Resolves to what failed. Of very many failures the last ones may be missing; that any failed always shows. */
export async function runIpBatch(
  commands: CommandRunner,
  lines: readonly string[],
): Promise<readonly FailedLine[]> {
  if (lines.length === 0) return [];
  try {
    const input = `${lines.join('\n')}\n`;
    await commands.run(['ip', '-force', '-batch', '-'], { input, timeoutMs: TIMEOUT_MS });
    return [];
  } catch (error) {
    if (!(error instanceof CommandFailed) || error.exitCode === null) throw error;
    const failed = failedLines(error.stderr);
    if (failed.length === 0) throw error;
    return failed;
  }
}

/** Each message is followed by `Command failed -:12`, which counts lines from 1. */
function failedLines(stderr: string): readonly FailedLine[] {
  return [...stderr.matchAll(/^(.*)\nCommand failed -:(\d+)$/gm)].map(([, message, line]) => ({
    line: Number(line) - 1,
    message: message ?? '',
  }));
}
