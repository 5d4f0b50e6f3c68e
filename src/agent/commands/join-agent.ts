/**
 * `homeward agent join`: joins and ends, so that whoever installs an agent learns at once whether the token was good,
 * and no service has to be handed one. It does nothing where the host has joined already, and never touches the
 * network settings of the host.
 */
import { mkdir } from 'node:fs/promises';
import { joinAndKeep } from '../../link/join-and-keep.js';
import { loadIdentity } from '../../link/node-identity.js';
import { agentEnv } from '../../platform/env.js';
import { createLogger } from '../../platform/logger.js';

/** Whoever installs is waiting. */
const LONGEST_MS = 30_000;

export async function joinAgent(): Promise<void> {
  const env = agentEnv();
  const logger = createLogger('agent', env.logLevel);
  await mkdir(env.stateDir, { recursive: true, mode: 0o700 });
  const joined = await loadIdentity(env.stateDir, 'agent');
  if (joined !== undefined) {
    process.stdout.write(`This host has joined already, as node ${joined.nodeId}.\n`);
    return;
  }
  const { nodeId } = await joinAndKeep('agent', env, AbortSignal.timeout(LONGEST_MS), logger);
  process.stdout.write(`This host has joined, as node ${nodeId}.\n`);
}
