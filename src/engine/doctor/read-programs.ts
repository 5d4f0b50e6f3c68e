/** Which of the programs that the engine starts are there, and what they say of themselves. */
import type { CommandRunner } from '../../platform/command-runner.js';
import type { FoundProgram } from './examined-director.js';

const ASKED: Readonly<Record<string, readonly [string, ...string[]]>> = {
  nft: ['nft', '--version'],
  ip: ['ip', '-Version'],
  perl: ['perl', '-e', 'print $^V'],
  setpriv: ['setpriv', '--version'],
  unshare: ['unshare', '--version'],
};

export function readPrograms(commands: CommandRunner): Promise<readonly FoundProgram[]> {
  return Promise.all(
    Object.entries(ASKED).map(async ([name, argv]) => {
      try {
        const [version = ''] = (await commands.run(argv)).trim().split('\n');
        return { name, version, problem: null };
      } catch (error) {
        return { name, version: null, problem: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
}
