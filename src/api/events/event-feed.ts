/**
 * The readers of events that hang at this process. New events are read once for all of them and kept for a little while;
 * who is further behind reads for itself. Nothing else is kept: any process on the database goes on where another ended.
 */
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import pLimit from 'p-limit';
import { DataSource } from 'typeorm';
import { Failed, failure } from '../../domain/failure.js';
import { ChangeListener } from '../delivery/change-listener.js';
import type { Clause } from '../finding/listed-field.js';
import { matches } from '../finding/matches.js';
import { ApiLogger } from '../http/api-logger.js';
import type { EventSink } from '../http/event-sink.js';
import type { EventPlace } from './event-id.js';
import { EVENT_LISTING } from './event.listing.js';
import { EventStream, type Chunk, type Subscription } from './event-stream.js';
import type { StoredEvent } from './event.view.js';
import { ReadEvents } from './read-events.js';

/** At this process; each holds an event and its connection. */
export const MOST_EVENT_STREAMS = 100;
/** Also how soon a token that is no more is noticed. */
const EVENT_BEAT_MS = 10_000;
/** Events that are kept at hand for readers that keep up. */
const MOST_RECENT = 500;
const CHUNK = 100;
/** Readers that catch up may each go through all events there are: the pool's other connections are for others. */
const CATCHING_UP_AT_ONCE = 2;

const STILL_TOKENS = 'SELECT id FROM token WHERE id = ANY ($1::uuid[])';

@Injectable()
export class EventFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly streams = new Set<EventStream>();
  /** How many are on their way to be in there. */
  private opening = 0;
  private readonly turnToCatchUp = pLimit(CATCHING_UP_AT_ONCE);
  /** Without a gap, up to the newest. */
  private recent: readonly StoredEvent[] = [];
  private newest: EventPlace | null = null;
  private isDue = false;
  private isReading = false;
  private stopped = false;
  private heartbeat: NodeJS.Timeout | undefined;
  private cutOff = 0;

  constructor(
    @Inject(ReadEvents) private readonly events: ReadEvents,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ChangeListener) private readonly changes: ChangeListener,
    @Inject(ApiLogger) private readonly logger: ApiLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.changes.onEvents(() => this.wake());
    // Its poll, in case a notification is lost.
    this.changes.onChange((version) => {
      if (version === null) this.wake();
    });
    this.heartbeat = setInterval(() => void this.beat(), EVENT_BEAT_MS);
  }

  /** The HTTP server closes after this, and waits for every answer that is still to come. */
  beforeApplicationShutdown(): void {
    this.stopped = true;
    clearInterval(this.heartbeat);
    for (const stream of this.streams) stream.end(false);
  }

  get openStreams(): number {
    return this.streams.size;
  }

  /** How many readers were cut off since this process started. */
  get cutOffs(): number {
    return this.cutOff;
  }

  /**
   * Throws where there is no room for one more, and whatever `resume` throws.
   * @param resume up to where the reader has seen all.
   * @param answer begins the answer; from then on nothing can be refused.
   */
  async open(
    subscription: Subscription,
    resume: () => Promise<EventPlace>,
    answer: () => EventSink,
  ): Promise<EventStream> {
    this.requireRoom();
    this.opening += 1;
    let after: EventPlace;
    let source: string;
    try {
      after = await resume();
      source = await this.events.source();
      if (this.newest === null) await this.begin();
    } finally {
      this.opening -= 1;
    }
    // Nobody would end a stream that comes after the end of all.
    this.requireRunning();
    const stream: EventStream = new EventStream(
      subscription,
      after,
      answer(),
      (place, conditions) => this.next(place, conditions),
      source,
      (isCut) => this.forget(stream, isCut),
    );
    this.streams.add(stream);
    stream.begin();
    // What came between is read by the next notification at the latest; it need not wait for one.
    this.wake();
    return stream;
  }

  private requireRunning(): void {
    if (this.stopped) throw new Failed(failure('unavailable', 'try-again', 'This process stops.', AGAIN));
  }

  private requireRoom(): void {
    this.requireRunning();
    if (this.streams.size + this.opening < MOST_EVENT_STREAMS) return;
    const message = `${MOST_EVENT_STREAMS} readers of events hang at this process.`;
    throw new Failed(failure('too-many-requests', 'too-many-streams', message, AGAIN));
  }

  private forget(stream: EventStream, isCut: boolean): void {
    this.streams.delete(stream);
    if (isCut) this.cutOff += 1;
    if (this.streams.size > 0) return;
    this.recent = [];
    this.newest = null;
  }

  private async begin(): Promise<void> {
    const { newest } = await this.events.span();
    this.newest ??= newest;
  }

  private wake(): void {
    this.isDue = true;
    if (!this.isReading && this.streams.size > 0) void this.read();
  }

  private async read(): Promise<void> {
    this.isReading = true;
    try {
      while (this.isDue && this.streams.size > 0) {
        this.isDue = false;
        await this.readOnce();
      }
    } catch (error) {
      this.logger.log.warn({ err: error }, 'could not read events; trying again with the next poll');
    } finally {
      this.isReading = false;
    }
  }

  private async readOnce(): Promise<void> {
    const from = this.newest;
    if (from === null) {
      await this.begin();
      return this.wakeStreams();
    }
    const range = { from: from.position, to: Number.MAX_SAFE_INTEGER };
    const news = await this.events.after(range, [], MOST_RECENT);
    const last = news.at(-1);
    // All have gone meanwhile, or others have begun anew.
    if (last === undefined || this.newest !== from) return;
    this.recent = [...this.recent, ...news].slice(-MOST_RECENT);
    this.newest = last;
    if (news.length === MOST_RECENT) this.isDue = true;
    this.wakeStreams();
  }

  private wakeStreams(): void {
    for (const stream of this.streams) stream.wake();
  }

  private async next(after: EventPlace, conditions: readonly Clause[]): Promise<Chunk | null> {
    const { newest, recent } = this;
    if (newest === null || after.position >= newest.position) return null;
    const start = after.position + 1 - (recent[0]?.position ?? Infinity);
    if (start >= 0) return atHand(recent, start, conditions);
    return this.turnToCatchUp(() => this.stored(after, newest, conditions));
  }

  private async stored(after: EventPlace, newest: EventPlace, conditions: readonly Clause[]): Promise<Chunk> {
    const events = await this.events.after({ from: after.position, to: newest.position }, conditions, CHUNK);
    // Asked afterwards: what was there to be read then was not forgotten before.
    const { oldest } = await this.events.span();
    if (after.position + 1 < oldest) throw new Error('events that were not read are forgotten');
    return { events, upTo: events.length < CHUNK ? newest : (events.at(-1) ?? newest) };
  }

  /** Shows every reader that the connection lives, and ends the streams whose token is no more. */
  async beat(): Promise<void> {
    for (const stream of this.streams) stream.beat();
    if (this.streams.size === 0) return;
    try {
      const ids = [...new Set([...this.streams].map(({ subscription }) => subscription.tokenId))];
      const rows = await this.dataSource.query<{ id: string }[]>(STILL_TOKENS, [ids]);
      const known = new Set(rows.map(({ id }) => id));
      for (const stream of this.streams) if (!known.has(stream.subscription.tokenId)) stream.end(true);
    } catch (error) {
      this.logger.log.warn(
        { err: error },
        'could not ask which tokens are known; trying again with the next beat',
      );
    }
  }
}

const AGAIN = 'Try again after Retry-After seconds, with the last id that you have seen as Last-Event-ID.';

/** `start` is the place in `recent` of the first that was not seen. */
function atHand(recent: readonly StoredEvent[], start: number, conditions: readonly Clause[]): Chunk | null {
  const passed = recent.slice(start, start + CHUNK);
  const last = passed.at(-1);
  if (last === undefined) return null;
  return { events: passed.filter((event) => matches(EVENT_LISTING, conditions, found(event))), upTo: last };
}

/** As values of fields are compared: times are text. */
function found(event: StoredEvent): object {
  return { ...event, time: event.time.toISOString() };
}
