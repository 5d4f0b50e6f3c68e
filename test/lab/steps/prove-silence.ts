/**
 * The second half of step 3: somebody asks the whole lan who has the VIP, and every frame that claims it is looked at.
 * Real servers are provoked as well: they are made to forget their router, so that they must ask for it while they
 * answer from the VIP, which is when a host that is set up wrongly announces it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Capture } from '../capture.js';
import { claimsOf } from '../evidence.js';
import type { Family, Frame } from '../frame.js';
import { progress } from '../progress.js';
import { FAMILIES, realServerHost, realServerHosts, urlOf, type RunningLab } from '../running-lab.js';
import { DIRECTOR, LAN, ownerOf, REAL_SERVERS, ROUTER_LAN, SERVICE_PORT, VIP } from '../topology.js';

const ROUNDS = 5;
/** An answer takes less than a millisecond; a late one of a second host would still be heard. */
const ANSWER_MS = 100;
const REQUESTS = 8;

export async function proveSilence(lab: RunningLab): Promise<void> {
  const onRouter = await Capture.start(lab.hosts.router, ROUTER_LAN);
  const onServers = await Promise.all(
    REAL_SERVERS.map(({ name }) => Capture.start(realServerHost(lab, name), LAN)),
  );
  for (let round = 0; round < ROUNDS; round++) await askForVips(lab);
  await provokeRealServers(lab);
  const atRouter = await onRouter.stop();
  const atServers = await Promise.all(onServers.map((capture) => capture.stop()));
  lab.findings.arpSilent = true;
  for (const family of FAMILIES) judge(lab, family, atRouter, atServers);
  if (!lab.findings.arpSilent) throw new Error('the VIP does not belong to the director alone');
}

async function askForVips(lab: RunningLab): Promise<void> {
  for (const family of FAMILIES) {
    await lab.hosts.router.exec(['ip', 'neigh', 'flush', 'to', VIP[family], 'dev', ROUTER_LAN]);
    await lab.router.knock(VIP[family], SERVICE_PORT);
  }
  await sleep(ANSWER_MS);
}

async function provokeRealServers(lab: RunningLab): Promise<void> {
  const forget = realServerHosts(lab).map((host) => host.exec(['ip', 'neigh', 'flush', 'dev', LAN]));
  await Promise.all(forget);
  for (const family of FAMILIES) await lab.client.spread(urlOf(family), REQUESTS);
}

function judge(
  lab: RunningLab,
  family: Family,
  atRouter: readonly Frame[],
  atServers: readonly (readonly Frame[])[],
): void {
  const vip = VIP[family];
  const { answers } = claimsOf(atRouter, vip);
  const heard = Math.min(...atServers.map((frames) => claimsOf(frames, vip).questions));
  const claimants = claimsOf([atRouter, ...atServers].flat(), vip).claimants;
  const question = family === 'ipv4' ? 'who-has' : 'neighbour solicitations for';
  const counts = `${heard} ${question} ${vip} heard by both real servers, ${answers} answers`;
  const alone = claimants.length === 1 && claimants[0] === DIRECTOR.mac;
  if (alone && heard >= ROUNDS && answers >= ROUNDS) return progress.seen(counts, 'all by the director');
  lab.findings.arpSilent = false;
  const who = claimants.map((mac) => `${ownerOf(mac)} (${mac})`).join(' and ');
  progress.failed(`${counts}; claimed by ${who === '' ? 'nobody' : who}`);
}
