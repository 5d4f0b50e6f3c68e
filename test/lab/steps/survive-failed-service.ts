/**
 * Step 4: on one real server the service stops, while host, VIP and agent are as they shall be. The director has to find
 * out by itself, over the way of clients' packets: new connections go to the other one, and some come back when it does.
 */
import type { RealServer, VirtualService } from '../api-client.js';
import { untilInSync } from '../in-sync.js';
import { milliseconds, progress } from '../progress.js';
import { realServerHost, serviceOf, urlAt, urlOf, type RunningLab, type Step } from '../running-lab.js';
import { startWebServer } from '../set-up.js';
import { REAL_SERVERS, type Machine } from '../topology.js';
import { until } from '../../support/until.js';

/** The shortest that the API takes; two failures in a row. */
const CHECK = { type: 'http', path: '/', intervalSeconds: 2, timeoutSeconds: 1, rise: 1, fall: 2 };
/** Two intervals and their variation, and time for a busy machine. */
const LIMIT_MS = 8_000;
const NEW_CONNECTIONS = 40;
const [STOPPED] = REAL_SERVERS;

export const surviveFailedService: Step = {
  title: "Fail: one real server's web server stops, and the director finds out",
  async run(lab) {
    if (lab.control !== null && lab.control !== 'unchecked')
      return progress.plain(['(not with this control)']);
    if (lab.control !== 'unchecked') await check(lab, CHECK);
    const began = performance.now();
    await lab.client.get(urlAt(STOPPED.ipv4, '/stop'));
    const said = await untilOut(lab, STOPPED);
    lab.findings.failedServerOutMs = Math.round(performance.now() - began);
    progress.seen(`${STOPPED.name} is out: ${said}`, milliseconds(began));
    await connectAnew(lab, STOPPED);
    await comeBack(lab, STOPPED);
    // The steps that follow are about other things, and a busy machine may keep a page from its check for a second.
    await check(lab, { type: 'none' });
  },
};

async function check(lab: RunningLab, healthCheck: object): Promise<void> {
  const began = performance.now();
  const { id } = serviceOf(lab, 'ipv4');
  const path = `/v1/virtual-services/${id}`;
  const { revision } = await lab.api.patch<VirtualService>(path, { healthCheck });
  lab.services.set('ipv4', await untilInSync(lab.api, id, { revision, online: true }));
  progress.seen(
    `PATCH {"healthCheck": ${JSON.stringify(healthCheck)}}, and all is online`,
    milliseconds(began),
  );
}

/** Resolves to what the director found. */
function untilOut(lab: RunningLab, machine: Machine): Promise<string> {
  const { id } = serviceOf(lab, 'ipv4');
  return until({
    what: `the director to take ${machine.name} out`,
    limitMs: LIMIT_MS,
    look: async () => {
      const { items } = await lab.api.get<{ items: RealServer[] }>(`/v1/virtual-services/${id}/real-servers`);
      const status = items.find(({ address }) => address === machine.ipv4)?.status;
      const health = status?.conditions.find(({ type }) => type === 'HealthViaVip');
      const words = `HealthViaVip is ${health?.status} (${health?.reason}): ${health?.message}`;
      // Where nobody checks, its agent finds out as well, at some later time.
      const isOut = status?.operating === 'offline' && health?.status === 'False';
      return isOut ? { found: words } : { missing: words };
    },
  });
}

async function connectAnew(lab: RunningLab, stopped: Machine): Promise<void> {
  const served = await lab.client.spread(urlOf('ipv4'), NEW_CONNECTIONS);
  if (served.has(stopped.name)) throw new Error(`${stopped.name} answers though it was stopped`);
  progress.seen(`${NEW_CONNECTIONS} new connections, all of them answered by the other one`);
}

async function comeBack(lab: RunningLab, machine: Machine): Promise<void> {
  const began = performance.now();
  await startWebServer(lab.roles, machine.name, realServerHost(lab, machine.name));
  const { id, revision } = serviceOf(lab, 'ipv4');
  await untilInSync(lab.api, id, { revision, online: true });
  const served = await lab.client.spread(urlOf('ipv4'), NEW_CONNECTIONS);
  if (!served.has(machine.name)) throw new Error(`${machine.name} is back and gets no connection`);
  progress.seen(`${machine.name} is back and has its share again`, milliseconds(began));
}
