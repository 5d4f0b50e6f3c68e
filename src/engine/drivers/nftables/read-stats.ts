/**
 * How much a service has had. Rates are the difference between two readings of the kernel's counters: with the reading
 * that was taken for the question before, where that is not too long ago, and else with one a second earlier, which
 * the answer then waits for; never over less than a second. Nothing is read while nobody asks.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatsTold, Traffic } from '../../../contract/told.js';
import type { CommandRunner } from '../../../platform/command-runner.js';
import { getRequest, readElements, scanRequest, type Reading } from './element-reader.js';
import { flowMaps } from './flow-maps.js';
import { numberKey } from './kernel-keys.js';
import { serversToCount, serviceInKey } from './read-flows.js';
import type { ScanGate } from './scan-gate.js';
import { familyOf, type SeenService } from './seen-service.js';

const SECONDS = 2;
const SHORTEST_MS = 1_000;
const LONGEST_MS = 60_000;
/** Services whose last reading is kept. */
const MOST_KEPT = 1_000;

/** By server. */
type Counters = ReadonlyMap<string, Pick<Traffic, 'packets' | 'bytes'>>;

export interface CounterReading {
  readonly atMs: number;
  readonly counters: Counters;
}

export class StatsReader {
  private readonly last = new Map<number, CounterReading>();

  constructor(
    private readonly commands: CommandRunner,
    private readonly gate: ScanGate,
  ) {}

  async read(seen: SeenService, signal: AbortSignal): Promise<StatsTold> {
    const { number } = seen.body;
    const scanning = this.gate.run(() => this.flows(seen), signal);
    // It is awaited below, and must not count as unheard until then.
    scanning.catch(() => undefined);
    const [before, now] = await this.twoReadings(seen, this.last.get(number));
    this.last.delete(number);
    this.last.set(number, now);
    for (const oldest of this.last.keys()) if (this.last.size > MOST_KEPT) this.last.delete(oldest);
    return statsOf(seen, [before, now], await scanning);
  }

  private async twoReadings(
    seen: SeenService,
    known: CounterReading | undefined,
  ): Promise<readonly [CounterReading, CounterReading]> {
    const ageMs = known === undefined ? Infinity : performance.now() - known.atMs;
    if (known !== undefined && ageMs <= LONGEST_MS) {
      await sleep(Math.max(0, SHORTEST_MS - ageMs));
      const now = await this.counters(seen);
      if (countsOn(known, now)) return [known, now];
    }
    const first = await this.counters(seen);
    await sleep(SHORTEST_MS);
    return [first, await this.counters(seen)];
  }

  private async counters(seen: SeenService): Promise<CounterReading> {
    const reading = await readElements(this.commands, counterRequests(seen), SECONDS);
    return { atMs: performance.now(), counters: countersOf(reading) };
  }

  private flows(seen: SeenService): Promise<Reading> {
    const scan = { prefix: serviceInKey(seen), servers: serversToCount(seen), limit: 0 };
    const requests = flowMaps(seen.body, familyOf(seen)).map(({ map }) => scanRequest(map, scan));
    return readElements(this.commands, requests, SECONDS);
  }
}

function counterRequests(seen: SeenService): readonly string[] {
  const { body, ground } = seen;
  const family = familyOf(seen);
  return body.servers.flatMap(({ number, address }) => {
    const device = ground.segments.deviceFor(address);
    return device === undefined ? [] : [getRequest(`backends${family}.${device}`, numberKey(number))];
  });
}

function countersOf({ found }: Reading): Counters {
  return new Map(found.map(({ key, packets, bytes }) => [key, { packets: packets ?? 0, bytes: bytes ?? 0 }]));
}

/** Whether nothing began to count anew in between. Pure. */
export function countsOn(before: CounterReading, now: CounterReading): boolean {
  return [...now.counters].every(([what, { packets }]) => {
    const former = before.counters.get(what);
    return former !== undefined && former.packets <= packets;
  });
}

/** Pure. */
export function statsOf(
  { body }: SeenService,
  [before, now]: readonly [CounterReading, CounterReading],
  { counts, complete }: Reading,
): StatsTold {
  const overMs = now.atMs - before.atMs;
  const flowsOf = (server: string) =>
    counts.filter(({ what }) => what === server).reduce((sum, { count }) => sum + count, 0);
  const rate = (count: number, earlier: number) => (Math.max(0, count - earlier) / overMs) * 1_000;
  const servers = body.servers.map(({ number, address }) => {
    const key = numberKey(number);
    const { packets, bytes } = now.counters.get(key) ?? NOTHING;
    const former = before.counters.get(key) ?? NOTHING;
    return {
      number,
      address,
      packets,
      bytes,
      packetsPerSecond: rate(packets, former.packets),
      bytesPerSecond: rate(bytes, former.bytes),
      flows: flowsOf(key),
    };
  });
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  return {
    kind: 'stats',
    overMs: Math.round(overMs),
    flowsComplete: complete,
    service: { ...summed(servers), flows: all },
    servers,
  };
}

function summed(servers: readonly Traffic[]): Traffic {
  const sum = (read: (each: Traffic) => number) => servers.reduce((total, each) => total + read(each), 0);
  return {
    packets: sum(({ packets }) => packets),
    bytes: sum(({ bytes }) => bytes),
    packetsPerSecond: sum(({ packetsPerSecond }) => packetsPerSecond),
    bytesPerSecond: sum(({ bytesPerSecond }) => bytesPerSecond),
    flows: sum(({ flows }) => flows),
  };
}

const NOTHING = { packets: 0, bytes: 0 };
