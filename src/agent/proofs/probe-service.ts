/** Asks one service on its VIP, from this host, and waits for every port that is asked. */
import type { VipService } from '../../contract/documents.js';
import type { Outcome, PortOutcome } from './outcome.js';
import { probeHttp } from './probe-http.js';
import { probeTcp } from './probe-tcp.js';
import { probeUdp } from './probe-udp.js';
import { probedPorts } from './probed-ports.js';

/** On the host itself an answer takes a fraction of a millisecond; a page may have to be made first. */
const TIMEOUT_MS = 1_000;
const HTTP_TIMEOUT_MS = 3_000;

/** Never rejects. */
export type ProbeService = (vip: string, service: VipService) => Promise<readonly PortOutcome[]>;

export const probeService: ProbeService = (vip, service) =>
  Promise.all(
    probedPorts(service).map(async (port) => ({ port, outcome: await probePort(vip, port, service) })),
  );

function probePort(vip: string, port: number, { protocol, http }: VipService): Promise<Outcome> {
  if (protocol === 'udp') return probeUdp(vip, port, TIMEOUT_MS);
  return http === undefined ? probeTcp(vip, port, TIMEOUT_MS) : probeHttp(vip, port, http, HTTP_TIMEOUT_MS);
}
