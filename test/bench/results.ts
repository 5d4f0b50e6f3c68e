/** What the bench found, and how it is told: in words with each target beside it, and as the one line of JSON. */
import { apiLines, type ApiResult } from './api/api-result.js';
import type { AgentProgram } from './agent-program.js';
import { percentile, rounded } from './percentiles.js';
import type { HealthPace } from './health-checks.js';
import type { ColdStart } from './cold-start.js';
import { datapathLines, type DatapathResult } from './datapath-result.js';
import type { PacketRates } from './packet-rate.js';
import type { PostSample, Sample } from './sample-changes.js';
import { targetLine } from './target-line.js';

const MOST_TIMES_THE_FLOOR = 6;
const MOST_TIMES_ONE_SERVICE = 1.5;
const MOST_TIMES_A_BARE_LOAD = 3;
const LEAST_PACKET_RATIO = 0.95;
const MOST_API_MB = 512;
const MOST_CHECKING_CPU_PERCENT = 100;
/** A tenth of the interval. */
const MOST_LATE_MS = 500;
const MOST_AGENT_BYTES = 2_000_000;
const MOST_AGENT_START_MS = 300;
const MOST_AGENT_IDLE_MB = 60;

interface Quantiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly floorP50Ms: number;
  /** The floor until nft's exit instead of the commit. */
  readonly floorExitP50Ms: number;
  /** Until the API had answered. */
  readonly answerP50Ms: number;
}

export interface PostQuantiles extends Quantiles {
  /** Until the last of the service's servers was in the kernel. */
  readonly wholeP50Ms: number;
  readonly deleteP50Ms: number;
}

export interface ChangeToKernel extends Quantiles {
  readonly post: PostQuantiles;
}

export interface Results {
  /** The one file that real servers install. */
  agent?: { startMs: number; versionMs: number; floorMs: number; idleRssMb: number; bytes: number };
  readonly changeToKernel: Record<string, ChangeToKernel>;
  coldStart10000?: { ms: number; tableMs: number; floorMs: number };
  packetsPerSecond?: { '1': number; '10000': number; '10000Spread': number; ratio: number };
  apiHighestRssMb?: number;
  /** By the kind of check. */
  healthChecks10000?: Readonly<Record<string, HealthPace>>;
  /** Requests to the API beside a bare Nest. */
  api?: ApiResult;
  /** Packets through tables beside routing and another program's. */
  datapath?: DatapathResult;
}

export function changeQuantiles(patches: readonly Sample[], posts: readonly PostSample[]): ChangeToKernel {
  const post = {
    ...quantiles(posts),
    wholeP50Ms: p50(posts.map(({ wholeMs }) => wholeMs)),
    deleteP50Ms: p50(posts.map(({ deleteMs }) => deleteMs)),
  };
  return { ...quantiles(patches), post };
}

export function agentResult({ bytes, idleRssMb, turns }: AgentProgram): NonNullable<Results['agent']> {
  return {
    startMs: p50(turns.map(({ startMs }) => startMs)),
    versionMs: p50(turns.map(({ versionMs }) => versionMs)),
    floorMs: p50(turns.map(({ floorMs }) => floorMs)),
    idleRssMb: rounded(idleRssMb),
    bytes,
  };
}

export function coldStartResult(
  { tableMs, wholeMs }: ColdStart,
  floorMs: number,
): NonNullable<Results['coldStart10000']> {
  return { ms: Math.round(wholeMs), tableMs: Math.round(tableMs), floorMs: Math.round(floorMs) };
}

export function packetResult({
  single,
  all,
  allSpread,
  ratio,
}: PacketRates): NonNullable<Results['packetsPerSecond']> {
  return { '1': single, '10000': all, '10000Spread': allSpread, ratio: rounded(ratio) };
}

/** A line for each target: what was reached, what was wanted. */
export function judge(results: Results): readonly string[] {
  return [
    ...agentLines(results.agent),
    ...Object.entries(results.changeToKernel).flatMap(([size, found]) => [
      times(`PATCH to kernel at ${size}, p50 to floor`, found.p50Ms, found.floorP50Ms, MOST_TIMES_THE_FLOOR),
      times(
        `POST to kernel at ${size}, p50 to floor`,
        found.post.p50Ms,
        found.post.floorP50Ms,
        MOST_TIMES_THE_FLOOR,
      ),
    ]),
    ...growth(results.changeToKernel),
    ...(results.coldStart10000 === undefined
      ? []
      : [
          times(
            'cold start to bare load',
            results.coldStart10000.ms,
            results.coldStart10000.floorMs,
            MOST_TIMES_A_BARE_LOAD,
          ),
        ]),
    ...packets(results.packetsPerSecond),
    ...(results.api === undefined ? [] : apiLines(results.api)),
    ...(results.datapath === undefined ? [] : datapathLines(results.datapath)),
    ...Object.entries(results.healthChecks10000 ?? {}).flatMap(healthLines),
    ...(results.apiHighestRssMb === undefined
      ? []
      : [
          targetLine(
            'API memory at its highest, MiB',
            results.apiHighestRssMb,
            results.apiHighestRssMb <= MOST_API_MB,
            `at most ${MOST_API_MB}`,
          ),
        ]),
  ];
}

function agentLines(found: Results['agent']): readonly string[] {
  if (found === undefined) return [];
  const { startMs, floorMs, idleRssMb, bytes } = found;
  const start = targetLine(
    'agent start, ms',
    startMs,
    startMs < MOST_AGENT_START_MS,
    `under ${MOST_AGENT_START_MS}`,
  );
  return [
    `${start} (a bare Node takes ${floorMs} ms)`,
    targetLine('agent idle, MiB', idleRssMb, idleRssMb < MOST_AGENT_IDLE_MB, `under ${MOST_AGENT_IDLE_MB}`),
    targetLine('agent file, bytes', bytes, bytes < MOST_AGENT_BYTES, `under ${MOST_AGENT_BYTES}`),
  ];
}

function growth(changes: Results['changeToKernel']): readonly string[] {
  const [one, ten] = [changes['1'], changes['10000']];
  if (one === undefined || ten === undefined) return [];
  return [
    times('PATCH to kernel, 10000 services to 1', ten.p50Ms, one.p50Ms, MOST_TIMES_ONE_SERVICE),
    times('POST to kernel, 10000 services to 1', ten.post.p50Ms, one.post.p50Ms, MOST_TIMES_ONE_SERVICE),
    beside('PATCH', one, ten),
    beside('POST', one.post, ten.post),
  ];
}

/** Minutes lie between the two sizes; the floor of the same minute tells how busy the machine was in each. */
function beside(what: string, one: Quantiles, ten: Quantiles): string {
  const ratio = rounded(ten.p50Ms / ten.floorP50Ms / (one.p50Ms / one.floorP50Ms));
  return `          ${what}, 10000 services to 1, each in floors of its own time: ${ratio}`;
}

function healthLines([kind, { cpuPercent, latestMs }]: [string, HealthPace]): readonly string[] {
  const what = `10000 ${kind} checks at 5 s`;
  return [
    targetLine(
      `${what}, per cent of a processor`,
      cpuPercent,
      cpuPercent < MOST_CHECKING_CPU_PERCENT,
      'under 100',
    ),
    targetLine(`${what}, latest question, ms`, latestMs, latestMs < MOST_LATE_MS, `under ${MOST_LATE_MS}`),
  ];
}

function packets(found: Results['packetsPerSecond']): readonly string[] {
  if (found === undefined) return [];
  const { ratio } = found;
  return [
    targetLine(
      'packets per second, 10000 services to 1',
      ratio,
      ratio >= LEAST_PACKET_RATIO,
      `at least ${LEAST_PACKET_RATIO}`,
    ),
  ];
}

function times(what: string, reached: number, base: number, most: number): string {
  const ratio = rounded(reached / base);
  return `${targetLine(what, ratio, ratio <= most, `at most ${most}`)} (${reached} ms to ${base} ms)`;
}

function quantiles(samples: readonly Sample[]): Quantiles {
  const kernel = samples.map(({ kernelMs }) => kernelMs);
  return {
    p50Ms: p50(kernel),
    p99Ms: rounded(percentile(kernel, 99)),
    floorP50Ms: p50(samples.map(({ floor }) => floor.committedMs)),
    floorExitP50Ms: p50(samples.map(({ floor }) => floor.exitedMs)),
    answerP50Ms: p50(samples.map(({ answerMs }) => answerMs)),
  };
}

function p50(values: readonly number[]): number {
  return rounded(percentile(values, 50));
}
