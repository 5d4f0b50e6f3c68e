/** Step 6: the services are deleted, and every kernel is what it was before Homeward came to it. */
import { leaveVip } from '../controls.js';
import { changesSince, policiesSince, readKernel, type KernelState } from '../kernel-state.js';
import { milliseconds, progress } from '../progress.js';
import { FAMILIES, realServerHosts, serviceOf, type RunningLab, type Step } from '../running-lab.js';
import { DIRECTOR } from '../topology.js';
import { until } from '../../support/until.js';
import type { Host } from '../../support/namespaces.js';

const LIMIT_MS = 12_000;

export const deleteServices: Step = {
  title: 'Delete: tables, VIPs and settings go back to what they were',
  async run(lab) {
    await requireTraces(lab);
    await leaveVip(lab);
    const began = performance.now();
    for (const family of FAMILIES) await lab.api.delete(`/v1/virtual-services/${serviceOf(lab, family).id}`);
    progress.seen('DELETE both virtual services', milliseconds(began));
    for (const host of hostsOf(lab)) await untilRestored(lab, host);
    lab.findings.restored = true;
    progress.seen('all of it is back', milliseconds(began));
  },
};

function hostsOf(lab: RunningLab): readonly Host[] {
  return [lab.hosts.director, ...realServerHosts(lab)];
}

/** Were there nothing to take away, its absence afterwards would prove nothing. */
async function requireTraces(lab: RunningLab): Promise<void> {
  for (const host of hostsOf(lab)) {
    const [before, now] = [stateBefore(lab, host), await readKernel(host)];
    if (changesSince(before, now).length === 0)
      throw new Error(`${host.name} shows no trace of the services that it serves`);
    if (host === lab.hosts.director && now.policies !== null && policiesSince(before, now).length === 0)
      throw new Error(`${host.name} shows no trace of the second lock on its VIPs`);
  }
}

function untilRestored(lab: RunningLab, host: Host): Promise<void> {
  const before = stateBefore(lab, host);
  return until({
    what: `${host.name} to be as it was`,
    limitMs: LIMIT_MS,
    look: async () => {
      const changes = changesSince(before, await readKernel(host));
      if (changes.length > 0) return { missing: `still:\n      ${changes.join('\n      ')}` };
      return { found: report(host, before) };
    },
  });
}

function stateBefore(lab: RunningLab, host: Host): KernelState {
  const before = lab.before.get(host.name);
  if (before === undefined) throw new Error(`nobody wrote down what ${host.name} was like`);
  return before;
}

function report(host: Host, { addresses, settings, rules, policies }: KernelState): void {
  const counts = `${addresses.length} addresses, ${settings.length} settings, ${rules.length} lines of nftables, ${policies?.length ?? 'no'} policies of xfrm`;
  // The engine runs on, and keeps its table, with nothing in its maps.
  const table = host.name === DIRECTOR.name ? ', its table as empty as at the start' : '';
  progress.seen(`${host.name}: the same as before${table}`, counts);
}
