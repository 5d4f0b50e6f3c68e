/**
 * Step 2: real HTTP through the VIP, captured at each hop, and the table of Direct return read from the frames.
 * A table that is not as it should be is shown all the same; step 3 then fails on it, with the bytes that prove it.
 */
import { Capture } from '../capture.js';
import { returnThroughDirector } from '../controls.js';
import { followConnection, showsDirectReturn, tableLines } from '../frame-table.js';
import type { Family, Frame } from '../frame.js';
import { milliseconds, progress } from '../progress.js';
import { FAMILIES, realServerHost, urlOf, type RunningLab, type Step } from '../running-lab.js';
import { DIRECTOR, LAN, ownerOf, REAL_SERVERS, ROUTER_LAN, SERVICE_PORT, VIP } from '../topology.js';
import type { Host } from '../../support/namespaces.js';

const REQUESTS = 16;

export const showFrames: Step = {
  title: 'Look: HTTP requests from the client, captured at each hop',
  async run(lab) {
    await returnThroughDirector(lab);
    const places = placesOf(lab);
    const captures = await Promise.all(places.map(({ host, device }) => Capture.start(host, device)));
    for (const family of FAMILIES) await sendRequests(lab, family);
    const frames = await Promise.all(captures.map((capture) => capture.stop()));
    for (const family of FAMILIES) showTable(lab, family, frames);
  },
};

/** The director, the router, then the real servers. */
function placesOf(lab: RunningLab): readonly { readonly host: Host; readonly device: string }[] {
  const servers = REAL_SERVERS.map(({ name }) => ({ host: realServerHost(lab, name), device: LAN }));
  return [
    { host: lab.hosts.director, device: LAN },
    { host: lab.hosts.router, device: ROUTER_LAN },
    ...servers,
  ];
}

async function sendRequests(lab: RunningLab, family: Family): Promise<void> {
  const began = performance.now();
  const served = await lab.client.spread(urlOf(family), REQUESTS);
  const shares = REAL_SERVERS.map(({ name }) => `${name} ${served.get(name) ?? 0}`);
  progress.seen(
    `${REQUESTS} requests to ${urlOf(family)}, all answered in ${milliseconds(began)}`,
    shares.join(', '),
  );
}

function showTable(lab: RunningLab, family: Family, frames: readonly (readonly Frame[])[]): void {
  const [director = [], router = [], ...servers] = frames;
  const hops = followConnection({
    family,
    vip: VIP[family],
    port: SERVICE_PORT,
    directorMac: DIRECTOR.mac,
    director: { name: `director ${LAN}`, frames: director },
    router: { name: `router ${ROUTER_LAN}`, frames: router },
    realServers: REAL_SERVERS.map(({ name }, at) => ({ name: `${name} ${LAN}`, frames: servers[at] ?? [] })),
  });
  progress.plain(['', ...tableLines(hops, ownerOf)]);
  lab.findings[family] = showsDirectReturn(hops);
  if (lab.findings[family])
    progress.seen('the addresses stay, and the real server answers the client itself');
  else progress.failed(`this is not the table of Direct return: see from whom the ${family} reply comes`);
}
