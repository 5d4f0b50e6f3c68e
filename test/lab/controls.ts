/**
 * Breaks on purpose what the lab proves, so that a test of the lab can see that its proofs are able to fail.
 * Nothing of this runs without `--control`.
 */
import { realServerHost, type RunningLab } from './running-lab.js';
import { DIRECTOR, LAN, REAL_SERVERS, VIP } from './topology.js';
import type { Host } from '../support/namespaces.js';

/** The agent is killed first, or it would repair its host. */
export async function answerArp(lab: RunningLab): Promise<void> {
  if (lab.control !== 'answer-arp') return;
  const [{ name } = { name: '' }] = REAL_SERVERS;
  await lab.roles.stop(`agent-${name}`, 'SIGKILL');
  const host = realServerHost(lab, name);
  await host.exec(['nft', 'flush', 'ruleset']);
  for (const where of ['all', 'default', LAN]) {
    await host.sysctl(`net.ipv4.conf.${where}.arp_ignore`, 0);
    await host.sysctl(`net.ipv4.conf.${where}.arp_announce`, 0);
  }
}

/** The real servers route through the director, which is made to pass on even what comes from its own address. */
export async function returnThroughDirector(lab: RunningLab): Promise<void> {
  if (lab.control !== 'return-through-director') return;
  await lab.hosts.director.sysctl('net.ipv4.ip_forward', 1);
  for (const where of ['all', LAN]) {
    await lab.hosts.director.sysctl(`net.ipv4.conf.${where}.accept_local`, 1);
    await lab.hosts.director.sysctl(`net.ipv4.conf.${where}.rp_filter`, 0);
    await lab.hosts.director.sysctl(`net.ipv4.conf.${where}.send_redirects`, 0);
  }
  for (const host of serversOf(lab)) {
    await host.exec(['ip', 'route', 'replace', 'default', 'via', DIRECTOR.ipv4]);
  }
}

/** As if an agent had forgotten it. */
export async function leaveVip(lab: RunningLab): Promise<void> {
  if (lab.control !== 'leave-vip') return;
  const [host] = serversOf(lab);
  await host?.exec(['ip', 'address', 'replace', `${VIP.ipv4}/32`, 'dev', 'lo']);
}

function serversOf(lab: RunningLab): readonly Host[] {
  return [...lab.hosts.realServers.values()];
}
