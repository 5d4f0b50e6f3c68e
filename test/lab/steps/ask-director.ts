/** What the director tells of its traffic through the API: it must agree with what just went through it. */
import { grouped, progress } from '../progress.js';
import { FAMILIES, serviceOf, type RunningLab } from '../running-lab.js';

interface Stats {
  readonly complete: boolean;
  readonly service: { readonly packets: number; readonly flows: number };
}

interface Flow {
  readonly source: string;
  readonly sourcePort: number;
  readonly realServerId: string;
}

interface Route {
  readonly directors: readonly { readonly route: { readonly realServerId: string } | null }[];
}

/** To be called after requests over both families. */
export async function askDirector(lab: RunningLab): Promise<void> {
  const paths = FAMILIES.map((family) => `/v1/virtual-services/${serviceOf(lab, family).id}`);
  const stats = await Promise.all(paths.map((path) => lab.api.get<Stats>(`${path}/stats`)));
  for (const { complete, service } of stats) {
    if (!complete || service.packets === 0 || service.flows === 0)
      throw new Error(`the director tells ${JSON.stringify(stats)} after requests to both services`);
  }
  const routed = await routesAgree(lab, paths[FAMILIES.indexOf('ipv4')] ?? '');
  const packets = stats.reduce((sum, { service }) => sum + service.packets, 0);
  const flows = stats.reduce((sum, { service }) => sum + service.flows, 0);
  progress.seen(
    `the director tells of ${grouped(packets)} packets in ${flows} flows, and ${routed} routes agree`,
  );
}

/** @returns of how many flows the route names the real server that they are remembered with. */
async function routesAgree(lab: RunningLab, path: string): Promise<number> {
  const { items } = await lab.api.get<{ items: readonly Flow[] }>(`${path}/flows?limit=5`);
  if (items.length === 0) throw new Error('the director remembers no IPv4 flow');
  for (const { source, sourcePort, realServerId } of items) {
    const { directors } = await lab.api.get<Route>(`${path}/route?source=${source}&sourcePort=${sourcePort}`);
    if (directors[0]?.route?.realServerId !== realServerId)
      throw new Error(`${source} port ${sourcePort} is remembered with ${realServerId}, and sent elsewhere`);
  }
  return items.length;
}
