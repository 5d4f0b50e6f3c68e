/** What the bench of the API found, with each target beside it. */
import { rounded } from '../percentiles.js';
import { targetLine } from '../target-line.js';
import type { Pace } from './http-load.js';

export interface ApiPace {
  readonly api: Pace;
  readonly floor: Pace;
}

export interface ApiResult {
  readonly services: number;
  readonly get: ApiPace;
  readonly list: ApiPace;
  /** Lists that differ from each other, while the floor answers with the same one. */
  readonly apart: ApiPace;
  /** A list without what nodes report, which the floor has none of. */
  readonly plain: ApiPace;
  /** By many clients at once, whose writes share transactions. */
  readonly create: ApiPace;
  /** By one client, each of whose creates has a transaction to itself. */
  readonly alone: Pace;
  readonly patch: ApiPace;
  /** 100 services, asked by one client. */
  readonly hundred: Pace;
  /** The same with filters, by the query: p50 in milliseconds. */
  readonly finding: Readonly<Record<string, number>>;
}

const LEAST_OF_THE_FLOOR = 0.6;
const LEAST_CREATES = 300;
const MOST_FOR_A_HUNDRED_MS = 15;

export function apiTable(result: ApiResult): readonly string[] {
  const row = (what: string, { api, floor }: ApiPace): string =>
    `  ${what.padEnd(8)}${cell(api)}   floor ${cell(floor)}   ${rounded(api.perSecond / floor.perSecond)} of it`;
  return [
    `${result.services} services; per second, p50 and p99 in ms, and processor time in ms (program + PostgreSQL)`,
    row('get', result.get),
    row('list 50', result.list),
    row('apart', result.apart),
    row('plain', result.plain),
    row('create', result.create),
    row('patch', result.patch),
    `  create, one client: ${cell(result.alone)}`,
    `  100 of them, one client: ${cell(result.hundred)}`,
    ...Object.entries(result.finding).map(([query, p50Ms]) => `    ${query}: p50 ${p50Ms} ms`),
  ];
}

export function apiLines({ get, list, apart, plain, create, hundred }: ApiResult): readonly string[] {
  return [
    share('API, get', get),
    share('API, list of 50', list),
    share('API, lists of 50 apart', apart),
    share('API, list of 50 without status', plain),
    targetLine(
      'API, creates a second',
      create.api.perSecond,
      create.api.perSecond >= LEAST_CREATES,
      `at least ${LEAST_CREATES}`,
    ),
    targetLine(
      'API, 100 services, p50 ms',
      hundred.p50Ms,
      hundred.p50Ms < MOST_FOR_A_HUNDRED_MS,
      `under ${MOST_FOR_A_HUNDRED_MS}`,
    ),
  ];
}

function share(what: string, { api, floor }: ApiPace): string {
  const ratio = rounded(api.perSecond / floor.perSecond);
  return targetLine(
    `${what}, of the floor`,
    ratio,
    ratio >= LEAST_OF_THE_FLOOR,
    `at least ${LEAST_OF_THE_FLOOR}`,
  );
}

function cell({ perSecond, p50Ms, p99Ms, cpuMs, postgresMs }: Pace): string {
  const [speed, half, most] = [perSecond, p50Ms, p99Ms].map((each) => String(each).padStart(7));
  return `${speed}/s ${half} ${most}  ${cpuMs} + ${postgresMs}`;
}
