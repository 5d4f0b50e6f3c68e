/** Asks one service on its VIP, from this host, and waits for every port that is asked. */
import type { VipService } from '../../contract/documents.js';
import type { Outcome, PortOutcome } from './outcome.js';
import { probeHttp } from './probe-http.js';
import { probeTcp } from './probe-tcp.js';
import { probeUdp } from './probe-udp.js';
import { probedPorts } from './probed-ports.js';

/** Never rejects. */
export type ProbeService = (vip: string, service: VipService) => Promise<readonly PortOutcome[]>;

interface TimeLimits {
  readonly answerMs: number;
  readonly pageMs: number;
}

/** On the host itself an answer takes a fraction of a millisecond; a page may have to be made first. */
const LIMITS: TimeLimits = { answerMs: 500, pageMs: 3_000 };

export function serviceProbe(limits = LIMITS): ProbeService {
  return (vip, service) =>
    Promise.all(
      probedPorts(service).map(async (port) => ({ port, outcome: await probe(vip, port, service, limits) })),
    );
}

function probe(vip: string, port: number, service: VipService, limits: TimeLimits): Promise<Outcome> {
  const { protocol, http } = service;
  if (protocol === 'udp') return probeUdp(vip, port, limits.answerMs);
  return http === undefined
    ? probeTcp(vip, port, limits.answerMs)
    : probeHttp(vip, port, http, limits.pageMs);
}
