/** Runs what was asked for; where it cannot be done, says why in one line and ends with 1. */
import type { Command } from 'commander';

const EXIT_FAILED = 1;

export async function runProgram(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    process.stderr.write(`homeward: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(EXIT_FAILED);
  }
}
