/** `homeward engine …`: what can be asked of a director's engine. Each command loads what it needs when it is chosen. */
import { Command } from 'commander';

export function engineRole(): Command {
  const role = new Command('engine').description('program the kernel of this director');
  role
    .command('run', { isDefault: true })
    .description('follow the control plane until stopped; what is meant when nothing is said')
    .action(async () => (await import('./engine/run-engine.js')).runEngine());
  role
    .command('approve')
    .argument('<digest>', 'the difference, as the condition DocumentsAccepted of this director names it')
    .description('let come into force what this director holds back (ChangeRefused), and end')
    .action(async (digest: string) =>
      (await import('./engine/commands/approve-held-back.js')).approveHeldBack(digest),
    );
  role
    .command('doctor')
    .description('say what stands against traffic on this director, gravest first, and end')
    .option('--json', 'print it for programs')
    .addHelpText('after', '\nExit codes: 0 nothing found, 1 something found, 2 could not look.')
    .action(async (options: { json?: boolean }) =>
      (await import('./engine/commands/doctor-engine.js')).doctorEngine(options),
    );
  return role;
}
