#!/usr/bin/env node
/**
 * Picks the role. It imports the chosen one only: a director loads neither Nest nor TypeORM, and the API nothing that
 * programs a kernel.
 */
import { Command } from 'commander';

const EXIT_FAILED = 1;

const program = new Command('homeward')
  .description('The control plane for Direct Server Return load balancing.')
  .showHelpAfterError();

program
  .command('api')
  .description('serve the REST API and hand documents to the nodes')
  .action(async () => (await import('./api/start-api.js')).startApi());

program
  .command('engine')
  .description('program the kernel of this director')
  .action(async () => (await import('./engine/run-engine.js')).runEngine());

program
  .command('agent')
  .description("hold this real server's VIPs, silently")
  .action(async () => (await import('./agent/run-agent.js')).runAgent());

program
  .command('migrate')
  .description('bring the database up to date and end')
  .action(async () => (await import('./api/store/migrate.js')).migrate());

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`homeward: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(EXIT_FAILED);
}
