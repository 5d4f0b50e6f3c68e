#!/usr/bin/env node
/**
 * Picks the role. It imports the chosen one only: a director loads neither Nest nor TypeORM, and the API nothing that
 * programs a kernel.
 */
import { Command } from 'commander';
import { agentRole } from './agent-role.js';
import { ctlRole } from './ctl-role.js';
import { engineRole } from './engine-role.js';
import { VERSION } from './platform/version.js';
import { runProgram } from './run-program.js';
import { addCompletion } from './shell-completion.js';

const program = new Command('homeward')
  .description('The control plane for Direct Server Return load balancing.')
  .version(VERSION)
  .showHelpAfterError();

program
  .command('api')
  .description('serve the REST API and hand documents to the nodes')
  .action(async () => (await import('./api/start-api.js')).startApi());

program.addCommand(engineRole());
program.addCommand(agentRole());
program.addCommand(ctlRole());

program
  .command('migrate')
  .description('bring the database up to date and end')
  .action(async () => (await import('./api/store/migrate.js')).migrate());

await addCompletion(program);
await runProgram(program);
