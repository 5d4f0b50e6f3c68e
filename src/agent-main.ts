/**
 * The program that is installed on real servers: `homeward` with the agent's role alone. packaging/build-agent.mjs
 * makes one file of it, so that a real server needs no packages.
 */
import { Command } from 'commander';
import { agentRole } from './agent-role.js';
import { VERSION } from './platform/version.js';
import { runProgram } from './run-program.js';

void runProgram(
  new Command('homeward')
    .description('The agent of a real server, for Direct Server Return load balancing.')
    .version(VERSION)
    .showHelpAfterError()
    .addCommand(agentRole()),
);
