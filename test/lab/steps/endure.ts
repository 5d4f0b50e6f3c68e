/**
 * What happens to machines in the course of years, in a minute: under the load of clients, and while somebody asks the
 * lan over and over who has the VIPs, one agent is killed at random moments of work, a NIC is plugged into one real
 * server, and it loses its power and comes back without a control plane. Clients of the server that was not touched
 * must not notice any of it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { VirtualService } from '../api-client.js';
import { untilInSync } from '../in-sync.js';
import { bootByHand } from '../controls.js';
import { askForVips, ClientLoad, Repeated } from '../load.js';
import { countClaims, requireSilence } from '../judge-claims.js';
import { milliseconds, progress, seconds } from '../progress.js';
import { FAMILIES, realServerHost, serviceOf, type RunningLab, type Step } from '../running-lab.js';
import { startWebServer } from '../set-up.js';
import { extraLink, nodeHost, REAL_SERVERS, RESTLESS_VIP, SERVICE_PORT } from '../topology.js';

const KILLS = 50;
/** Where something else is broken on purpose. */
const FEW_KILLS = 2;
/** From the start of the program to well after it has its documents in force. */
const LONGEST_LIFE_MS = 900;
/** Time in which a new NIC is asked who has the VIPs, a dozen times. */
const SETTLE_MS = 1_500;
const [KILLED, REBOOTED] = REAL_SERVERS;

export const endure: Step = {
  title: 'Endure: agents killed, a NIC plugged in, a power cut, under load',
  async run(lab) {
    const load = new ClientLoad(lab);
    const questions = askForVips(lab);
    const agentKills = await killAgent(lab);
    await plugInNic(lab);
    await load.expectNoLoss('while agents died and a NIC came');
    await rebootOffline(lab);
    const { requests, lost } = await load.stop();
    await questions.stop();
    const heard = countClaims(lab.watch?.frames ?? []);
    lab.findings.endured = { agentKills, requests, requestsLost: lost, ...heard };
    requireSilence(heard);
    progress.seen(`${requests} requests of clients meanwhile; ${lost} lost, to the server without power`);
    await realServerHost(lab, REBOOTED.name).unplugLast();
  },
};

async function killAgent(lab: RunningLab): Promise<number> {
  const kills = lab.control === null ? KILLS : FEW_KILLS;
  const began = performance.now();
  const host = realServerHost(lab, KILLED.name);
  const program = `agent-${KILLED.name}`;
  const restlessness = restlessService(lab);
  for (let kill = 0; kill < kills; kill++) {
    await sleep(Math.random() * LONGEST_LIFE_MS);
    await lab.roles.kill(program);
    lab.roles.start(program, host, 'agent', lab.agentEnvironment(KILLED.name));
  }
  await restlessness.stop();
  await untilAllInSync(lab);
  progress.seen(
    `the agent of ${KILLED.name} killed ${kills} times at random, and all is in sync`,
    seconds(began),
  );
  return kills;
}

async function plugInNic(lab: RunningLab): Promise<void> {
  const began = performance.now();
  const device = await realServerHost(lab, REBOOTED.name).addLink(extraLink(REBOOTED));
  await sleep(SETTLE_MS);
  progress.seen(`${device} plugged into ${REBOOTED.name}, on the lan`, milliseconds(began));
}
async function rebootOffline(lab: RunningLab): Promise<void> {
  const began = performance.now();
  const host = realServerHost(lab, REBOOTED.name);
  const env = lab.agentEnvironment(REBOOTED.name);
  await lab.roles.kill(`agent-${REBOOTED.name}`);
  await host.losePower();
  const { links, routes = [] } = nodeHost(REBOOTED);
  const all = [...links, extraLink(REBOOTED)];
  const devices: string[] = [];
  for (const link of all) devices.push(await host.plugIn(link));
  const isBroken = await bootByHand(lab, host);
  if (!isBroken) await lab.roles.runToEnd(`boot-${REBOOTED.name}`, host, ['agent', 'boot'], env);
  for (const [index, link] of all.entries()) await host.bringUp(devices[index] ?? '', link);
  await host.addRoutes(routes);
  await startWebServer(lab.roles, REBOOTED.name, host);
  progress.seen(
    `${REBOOTED.name} lost its power and came back, silent before it had a network`,
    seconds(began),
  );
  await serveWithoutControlPlane(lab);
  lab.roles.start(`agent-${REBOOTED.name}`, host, 'agent', env);
  await untilAllInSync(lab);
}

/** Its agent is not even started yet. */
async function serveWithoutControlPlane(lab: RunningLab): Promise<void> {
  const began = performance.now();
  for (const family of FAMILIES) await ClientLoad.untilServedBy(lab, family, REBOOTED.name);
  progress.seen(`${REBOOTED.name} serves again, without agent or control plane`, milliseconds(began));
}

async function untilAllInSync(lab: RunningLab): Promise<void> {
  for (const family of FAMILIES) {
    const { id, revision } = serviceOf(lab, family);
    lab.services.set(family, await untilInSync(lab.api, id, { revision, online: true }));
  }
}

/** A virtual service is made and deleted over and over, so that the agent that is killed has something to do. */
function restlessService(lab: RunningLab): Repeated {
  const aWhile = (): number => Math.random() * LONGEST_LIFE_MS;
  return new Repeated(async () => {
    const { id } = await lab.api.post<VirtualService>('/v1/virtual-services', {
      name: 'restless',
      address: RESTLESS_VIP,
      port: SERVICE_PORT,
      protocol: 'tcp',
      drainSeconds: 0,
      realServers: [{ address: KILLED.ipv4 }],
    });
    await sleep(aWhile());
    await lab.api.delete(`/v1/virtual-services/${id}`);
  }, aWhile);
}
