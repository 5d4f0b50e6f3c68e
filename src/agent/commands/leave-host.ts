/**
 * `homeward agent leave`: has the agent that runs tell the control plane that it is being taken off this host, and waits
 * until the host shall hold no VIP any more: the directors drain its servers and let go first. It changes nothing on the
 * host itself. Where that does not come about in time, or somebody interrupts it, the agent stays, unless it is forced.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, textOf } from '../../link/ask.js';
import { systemCommands } from '../../platform/command-runner.js';
import { agentEnv, type AgentEnv } from '../../platform/env.js';
import { createLogger, type Logger } from '../../platform/logger.js';
import { untilStopped } from '../../platform/shutdown.js';
import { hostForPlatform } from '../hosts/host-for-platform.js';
import { sayLeaving, sayStaying } from '../keeper/leaving.js';
import { wantedOnHost } from './wanted-on-host.js';

/** Longer than most drains. */
const USUAL_WAIT_SECONDS = 1_800;
/** Long enough for the agent to see the word, and for directors to hear of it. */
const FORCED_WAIT_SECONDS = 15;
const LOOK_MS = 500;
const API_TIMEOUT_MS = 5_000;

interface LeaveOptions {
  readonly withdraw?: boolean;
  readonly force?: boolean;
  readonly wait?: number;
}

export async function leaveHost({ withdraw = false, force = false, wait }: LeaveOptions): Promise<void> {
  const env = agentEnv();
  if (withdraw) return sayStaying(env.stateDir);
  const logger = createLogger('agent', env.logLevel);
  const vips = await wantedOnHost(env.stateDir, logger);
  if (vips.length === 0) return;
  await requireWayToTell(env);
  process.stdout.write(
    `homeward: waiting until no director sends packets for ${vips.join(', ')} here any more, as long as drains last\n`,
  );
  const seconds = force ? FORCED_WAIT_SECONDS : (wait ?? USUAL_WAIT_SECONDS);
  const signal = AbortSignal.any([untilStopped(), AbortSignal.timeout(seconds * 1_000)]);
  await leave(env.stateDir, { force, signal }, logger);
}

/** Rejects where the host still holds VIPs when the signal is aborted. */
export async function leave(
  stateDir: string,
  { force, signal }: { readonly force: boolean; readonly signal: AbortSignal },
  logger: Logger,
): Promise<void> {
  await sayLeaving(stateDir);
  let gone = false;
  try {
    const left = await untilNoneIsWanted(stateDir, signal, logger);
    gone = left.length === 0;
    if (!gone && !force) throw new Error(stays(left));
  } finally {
    if (!gone && !force) await sayStaying(stateDir);
  }
}

/** Resolves to what is wanted still. */
async function untilNoneIsWanted(
  stateDir: string,
  signal: AbortSignal,
  logger: Logger,
): Promise<readonly string[]> {
  for (;;) {
    const wanted = await wantedOnHost(stateDir, logger);
    if (wanted.length === 0 || signal.aborted) return wanted;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

function stays(left: readonly string[]): string {
  return (
    `${left.join(', ')}: still wanted on this host, for not every director has said that it sends nothing here any ` +
    'more. The agent stays, and its real servers are used as before. GET /v1/nodes tells which director is behind; ' +
    '`homeward agent leave --wait SECONDS` waits longer.'
  );
}

/** What nobody hears would only be believed. */
async function requireWayToTell({ apiUrl, runDir, sysctlDir }: AgentEnv): Promise<void> {
  if (!(await hostForPlatform(process.platform, systemCommands, sysctlDir).isLocked(runDir)))
    throw new Error('no agent runs on this host that could tell the API that it leaves: start it first');
  try {
    const signal = AbortSignal.timeout(API_TIMEOUT_MS);
    const answer = await ask(`${apiUrl}/healthz`, { method: 'GET', signal });
    await textOf(answer);
    if (!answer.ok) throw new Error(`it answers with ${answer.status}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the API at ${apiUrl} cannot be told that the agent leaves: ${why}`, { cause: error });
  }
}
