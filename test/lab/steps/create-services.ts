/** Step 1: by REST, as a portal would, a virtual service per address family, each with its two real servers. */
import type { VirtualService } from '../api-client.js';
import type { Family } from '../frame.js';
import { untilInSync } from '../in-sync.js';
import { milliseconds, progress } from '../progress.js';
import { FAMILIES, serviceOf, type RunningLab, type Step } from '../running-lab.js';
import { REAL_SERVERS, SERVICE_PORT, VIP } from '../topology.js';

/** Longer than any download of the lab. */
const DRAIN_SECONDS = 120;

export const createServices: Step = {
  title: 'Create: two virtual services by REST, each with its two real servers',
  async run(lab) {
    const began = performance.now();
    for (const family of FAMILIES) await create(lab, family);
    for (const family of FAMILIES) {
      const { id, revision } = serviceOf(lab, family);
      lab.services.set(family, await untilInSync(lab.api, id, { revision, online: true }));
    }
    lab.findings.onlineMs = Math.round(performance.now() - began);
    progress.seen('the API says in-sync and online', `${milliseconds(began)} after the first POST`);
  },
};

async function create(lab: RunningLab, family: Family): Promise<void> {
  const began = performance.now();
  const service = await lab.api.post<VirtualService>('/v1/virtual-services', {
    name: `shop-${family}`,
    address: VIP[family],
    port: SERVICE_PORT,
    protocol: 'tcp',
    drainSeconds: lab.control === 'drop-at-once' ? 0 : DRAIN_SECONDS,
    realServers: REAL_SERVERS.map((server) => ({ address: server[family] })),
  });
  lab.services.set(family, service);
  const servers = service.realServers.map(({ address }) => address).join(' and ');
  progress.seen(`POST ${VIP[family]} port ${SERVICE_PORT}, on ${servers}`, milliseconds(began));
}
