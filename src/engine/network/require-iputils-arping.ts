import type { CommandRunner } from '../../platform/command-runner.js';

/** Two programs are called arping, and the other one understands our options differently. Rejects when it is that one. */
export async function requireIputilsArping(commands: CommandRunner): Promise<void> {
  const shown = await commands.run(['arping', '-V']);
  if (shown.includes('iputils')) return;
  throw new Error('The program arping is not the one of iputils. Install the package iputils-arping');
}
