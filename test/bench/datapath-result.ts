/** What the datapath bench found: medians, ratios of neighbours, and each target beside what was reached. */
import type { Datapath } from './datapath.js';
import type { Arrival } from './packet-source.js';
import { percentile, rounded } from './percentiles.js';
import { targetLine } from './target-line.js';

const LEAST_TO_NFTLB = 1;
/** As much as one service; the rest is what a busy machine's figures scatter by. */
const LEAST_TO_ONE_SERVICE = 0.95;

interface Cost {
  readonly packetsPerSecond: number;
  /** Processor time from the sender to the real server. */
  readonly nanosecondsPerPacket: number;
  /** Median of the ratios of neighbouring measurements. */
  readonly toRouting: number;
}

export interface DatapathResult {
  /** By the way that packets took. */
  readonly ways: Readonly<Record<string, Cost>>;
  /** Packets in the same processor time, medians of the ratios of neighbours. */
  readonly ratios: Readonly<Record<keyof typeof TARGETS, number | null>>;
  /** As many as it took in the time; null where it was not there. */
  readonly nftlbServices: number | null;
}

interface Target {
  readonly of: string;
  readonly to: string;
  readonly least: number;
  readonly words: string;
}

const TARGETS = {
  withoutAffinityToHash: {
    of: 'without1',
    to: 'hash1',
    least: LEAST_TO_NFTLB,
    words: 'without affinity, to nftlb in hash mode, 1 service each',
  },
  withAffinityToPersistence: {
    of: 'with1',
    to: 'persistence1',
    least: LEAST_TO_NFTLB,
    words: 'with affinity, to nftlb with persistence, 1 service each',
  },
  withoutAffinityTo1: {
    of: 'without10000',
    to: 'without1',
    least: LEAST_TO_ONE_SERVICE,
    words: 'without affinity, 10000 services to 1',
  },
  withAffinityTo1: {
    of: 'with10000',
    to: 'with1',
    least: LEAST_TO_ONE_SERVICE,
    words: 'with affinity, 10000 services to 1',
  },
} as const satisfies Record<string, Target>;

const WAYS: Readonly<Record<string, string>> = {
  routing: 'plain kernel routing',
  without1: 'without affinity, 1 service',
  without10000: 'without affinity, 10000 services',
  hash1: 'nftlb in hash mode, 1 service',
  hashMany: 'nftlb in hash mode, many services',
  with1: 'with affinity, 1 service',
  with10000: 'with affinity, 10000 services',
  persistence1: 'nftlb with persistence, 1 service',
  persistenceMany: 'nftlb with persistence, many services',
};

export function datapathResult({ rounds, nftlbServices }: Datapath): DatapathResult {
  const names = Object.keys(rounds[0] ?? {});
  const ratioOf = (of: string, to: string) => medianRatio(rounds, of, to);
  const ratios = Object.entries(TARGETS).map(([name, { of, to }]) => [name, ratioOf(of, to)]);
  return {
    ways: Object.fromEntries(names.map((name) => [name, costOf(rounds, name, ratioOf(name, 'routing'))])),
    ratios: Object.fromEntries(ratios) as DatapathResult['ratios'],
    nftlbServices,
  };
}

/** A line for each way. */
export function datapathTable({ ways, nftlbServices }: DatapathResult): readonly string[] {
  const lines = Object.entries(ways).map(([name, { packetsPerSecond, nanosecondsPerPacket, toRouting }]) => {
    const words = (WAYS[name] ?? name).padEnd(40);
    const rate = `${packetsPerSecond}`.padStart(9);
    return `${words}${rate} packets a second, ${nanosecondsPerPacket} ns each, ${toRouting} of plain routing`;
  });
  return [
    ...lines,
    'Ratios are of packets in the same processor time. Each figure holds sending and two crossings of a veth and a bridge, the same for all.',
    nftlbServices === null
      ? 'nftlb is not here (prepare-machine could not fetch it), so nothing is said about it.'
      : `nftlb took ${nftlbServices} services in the time that it was given; that is "many".`,
  ];
}

export function datapathLines({ ratios }: DatapathResult): readonly string[] {
  return Object.entries(TARGETS).map(([name, { words, least }]) => {
    const reached = ratios[name as keyof typeof TARGETS];
    const what = `packets ${words}`;
    if (reached === null) return `not known  ${what}: nftlb is not here`;
    return targetLine(what, reached, reached >= least, `at least ${least}`);
  });
}

function costOf(rounds: Datapath['rounds'], name: string, toRouting: number | null): Cost {
  const arrivals = rounds.flatMap((round) => round[name] ?? []);
  const median = (read: (arrival: Arrival) => number) => Math.round(percentile(arrivals.map(read), 50));
  return {
    packetsPerSecond: median(({ perSecond }) => perSecond),
    nanosecondsPerPacket: median(({ nanoseconds }) => nanoseconds),
    toRouting: toRouting ?? 0,
  };
}

/**
 * Of packets in the same processor time: beside other programs, packets per second tell how much of a processor was to be had.
 * Null where one of them was not measured.
 */
function medianRatio(rounds: Datapath['rounds'], of: string, to: string): number | null {
  const ratios = rounds.flatMap((round) => {
    const [upper, lower] = [round[of], round[to]];
    return upper === undefined || lower === undefined ? [] : [lower.nanoseconds / upper.nanoseconds];
  });
  return ratios.length === 0 ? null : rounded(percentile(ratios, 50));
}
