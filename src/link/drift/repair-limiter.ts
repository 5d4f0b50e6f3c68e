/**
 * Decides how often the same thing is repaired. The first repairs come at once, for most drift is a slip. Whoever undoes
 * the same thing again and again does so on purpose or by a program, and to race with it would help nobody: from the
 * fifth time within a minute the thing persists, and each further repair waits, longer every time. When it stood for a
 * while it is as if nothing had been. Pure: the time is handed in, in milliseconds of a clock that never goes back.
 */
const MOST_REPAIRS = 5;
const WINDOW_MS = 60_000;
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 300_000;

interface Record {
  /** When it was undone, within the last minute. */
  readonly times: readonly number[];
  /** 0: it does not persist. Above: as many pauses as there were, and one. */
  readonly level: number;
  /** No repair before. */
  readonly until: number;
}

export class RepairLimiter {
  readonly #records = new Map<string, Record>();

  /** The thing was as wanted, and now is not. */
  undone(thing: string, now: number): void {
    const { times: before, level, until } = this.#current(thing, now);
    const times = [...before.filter((time) => now - time < WINDOW_MS), now].slice(-MOST_REPAIRS);
    if (level > 0) this.#records.set(thing, { times, level: level + 1, until: now + pauseMs(level) });
    else this.#records.set(thing, { times, level: times.length < MOST_REPAIRS ? 0 : 1, until });
  }

  mayRepair(thing: string, now: number): boolean {
    return now >= (this.#records.get(thing)?.until ?? 0);
  }

  /** Milliseconds since the thing was last undone or could first be repaired again; Infinity where it never was. */
  quietMs(thing: string, now: number): number {
    const record = this.#records.get(thing);
    return record === undefined ? Number.POSITIVE_INFINITY : now - lastTrouble(record);
  }

  /** The things that somebody keeps undoing. */
  persisting(now: number): string[] {
    for (const [thing, record] of this.#records) if (isOver(record, now)) this.#records.delete(thing);
    return [...this.#records].flatMap(([thing, { level }]) => (level > 0 ? [thing] : []));
  }

  /** Nobody wants the thing any more. */
  forget(thing: string): void {
    this.#records.delete(thing);
  }

  #current(thing: string, now: number): Record {
    const record = this.#records.get(thing);
    return record === undefined || isOver(record, now) ? { times: [], level: 0, until: 0 } : record;
  }
}

function pauseMs(level: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (level - 1));
}

function lastTrouble({ times, until }: Record): number {
  return Math.max(until, times.at(-1) ?? 0);
}

/** It stood for as long as the next pause would be, and for a minute at least. */
function isOver(record: Record, now: number): boolean {
  return now - lastTrouble(record) >= Math.max(WINDOW_MS, record.level > 0 ? pauseMs(record.level) : 0);
}
