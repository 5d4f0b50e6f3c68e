/**
 * Breaks on purpose what the lab proves, so that a test of the lab can see that its proofs are able to fail.
 * Nothing of this runs without `--control`.
 */
import { realServerHost, type RunningLab } from './running-lab.js';
import { DIRECTOR, LAN, REAL_SERVERS, VIP } from './topology.js';
import type { Host } from '../support/namespaces.js';

const [VICTIM] = REAL_SERVERS;

/** The agent is killed first, or it would repair its host. */
export async function answerArp(lab: RunningLab): Promise<void> {
  if (lab.control !== 'answer-arp') return;
  const host = realServerHost(lab, VICTIM.name);
  await lab.roles.kill(`agent-${VICTIM.name}`);
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
  for (const host of lab.hosts.realServers.values()) {
    await host.exec(['ip', 'route', 'replace', 'default', 'via', DIRECTOR.ipv4]);
  }
}

/** Kills the agent that would have unbound it. */
export async function leaveVip(lab: RunningLab): Promise<void> {
  if (lab.control !== 'leave-vip') return;
  await lab.roles.kill(`agent-${VICTIM.name}`);
}

/** @returns false where nothing is broken: the agent's own command is to be run then. */
export async function bootByHand(lab: RunningLab, host: Host): Promise<boolean> {
  if (lab.control !== 'boot-by-hand') return false;
  await host.exec(['ip', 'address', 'add', `${VIP.ipv4}/32`, 'dev', 'lo']);
  await host.exec(['ip', 'address', 'add', `${VIP.ipv6}/128`, 'dev', 'lo', 'nodad']);
  return true;
}
