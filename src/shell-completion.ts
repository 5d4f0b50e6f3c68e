/** `homeward completion <shell>`: the script that lets a shell complete this program, and the questions it then asks. */
import type { Command } from 'commander';

/** As the script asks. */
const ASKED = new Set(['completion', 'complete']);

/** What completes is loaded by those who complete. */
export async function addCompletion(program: Command): Promise<void> {
  if (!ASKED.has(process.argv[2] ?? '')) {
    program
      .command('completion')
      .argument('<shell>')
      .description('print what lets bash, zsh, fish or powershell complete');
    return;
  }
  const { default: complete } = await import('@bomb.sh/tab/commander');
  complete(program, { completionCommandName: 'completion' });
}
