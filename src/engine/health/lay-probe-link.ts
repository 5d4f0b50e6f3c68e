/** Joins the director to the namespace of a probe that has started, by a link between the two. */
import type { CommandRunner } from '../../platform/command-runner.js';
import { INNER_LINK } from './probe/namespace-text.js';
import { INNER_MAC, OUTER_LINK } from './probe-table-text.js';

/** @param pid of the probe, whose namespace it is. */
export async function layProbeLink(commands: CommandRunner, pid: number): Promise<void> {
  // What an engine that was killed has left goes with its probe, a moment later.
  await commands.run(['ip', 'link', 'delete', OUTER_LINK], { exitCodes: [0, 1] });
  const peer = ['peer', 'name', INNER_LINK, 'address', INNER_MAC, 'netns', `${pid}`] as const;
  await commands.run(['ip', 'link', 'add', OUTER_LINK, 'type', 'veth', ...peer]);
  await commands.run(['ip', 'link', 'set', OUTER_LINK, 'addrgenmode', 'none', 'arp', 'off', 'up']);
}
