/** Sets up the namespace that this process is in; namespace-text.ts tells why. */
import type { CommandRunner } from '../../../platform/command-runner.js';
import { runIpBatch } from '../../../platform/ip-batch.js';
import { IPV6_LINK_LINES, LINK_LINES, SETTINGS } from './namespace-text.js';

/** The link has come. */
export async function layLink(commands: CommandRunner): Promise<void> {
  const [failed] = await runIpBatch(commands, LINK_LINES);
  if (failed !== undefined) throw new Error(`ip ${LINK_LINES[failed.line] ?? ''}: ${failed.message}`);
  // A kernel without IPv6 has no VIP of it to be checked either.
  await runIpBatch(commands, IPV6_LINK_LINES);
}

/** After the rules: the settings of connection tracking are there when it is. */
export async function laySettings(commands: CommandRunner): Promise<void> {
  // One that a kernel does not have, or does not let this namespace change, is no reason to check nothing.
  for (const setting of SETTINGS) {
    await commands.run(['sysctl', '-q', '-w', setting], { exitCodes: [0, 1, 255] });
  }
}
