/**
 * `homeward agent verify`: prints what this host needs to hold its VIPs, as wanted and as found, and ends with 1 where
 * something is wrong. What is wanted is what the agent was last told, from disk; an agent may run meanwhile. It changes
 * nothing.
 */
import { bodyDecoder } from '../../contract/decode-documents.js';
import type { Document, VipDocument } from '../../contract/documents.js';
import { readHeld } from '../../link/held/held-store.js';
import { systemCommands } from '../../platform/command-runner.js';
import { bootEnv } from '../../platform/env.js';
import { hostForPlatform } from '../hosts/host-for-platform.js';
import { verifyHost } from '../verify/verify-host.js';

const EXIT_WRONG = 1;

export async function verifyAgent(): Promise<void> {
  const env = bootEnv();
  const { held, kept } = await readHeld(env.stateDir);
  if (kept !== 'all') process.stderr.write('What the agent saved is damaged; this may not be all of it.\n');
  const { driver, inspect } = hostForPlatform(process.platform, systemCommands, env.sysctlDir);
  const vips = held.usable().flatMap(vipOf);
  const { lines, right } = await verifyHost(driver, inspect, vips);
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  if (!right || kept !== 'all') process.exitCode = EXIT_WRONG;
}

/** None for a body that no agent would take. */
function vipOf({ body }: Document): VipDocument[] {
  const decoded = bodyDecoder('agent')(body);
  return decoded.ok && decoded.value.kind === 'vip' ? [decoded.value] : [];
}
