/**
 * One reader's stream. It takes events as fast as its reader does, and holds no more than the one that is being written: a
 * slow reader costs nobody anything, and one that takes nothing at all is cut off. Whatever becomes of it, the reader goes
 * on after the last id that it has seen.
 */
import type { Clause } from '../finding/listed-field.js';
import { sparse } from '../finding/sparse.js';
import type { EventSink } from '../http/event-sink.js';
import { eventId, type EventPlace } from './event-id.js';
import { EventView, type StoredEvent } from './event.view.js';

/** What a reader wants. */
export interface Subscription {
  readonly conditions: readonly Clause[];
  /** Null: all. */
  readonly fields: readonly string[] | null;
  /** Of the operator token that it came with. */
  readonly tokenId: string;
}

/** Some of the events after a place that satisfy the conditions, and the place up to which these are all. */
export interface Chunk {
  readonly events: readonly StoredEvent[];
  readonly upTo: EventPlace;
}

/** Null: there is nothing newer. Rejects where events after this place are not kept any more. */
export type NextChunk = (after: EventPlace, conditions: readonly Clause[]) => Promise<Chunk | null>;

/** How soon a reader that was cut off comes back. */
const RETRY_MS = 1_000;

export class EventStream {
  private isDue = true;
  private isWorking = false;
  private isEnded = false;

  /** @param source of the installation. */
  constructor(
    readonly subscription: Subscription,
    private place: EventPlace,
    private readonly sink: EventSink,
    private readonly next: NextChunk,
    private readonly source: string,
    /** Told once, when nothing more will be written; `isCut`: the reader did not want it so. */
    private readonly ended: (isCut: boolean) => void,
  ) {}

  /** So that a reader knows from the beginning where it is. */
  begin(): void {
    void this.work([`retry: ${RETRY_MS}\n${this.idLine()}`]);
  }

  /** There may be something newer. */
  wake(): void {
    this.isDue = true;
    if (!this.isWorking) void this.work([]);
  }

  /** Keeps the connection alive, and lets a reader whose filters leave everything out know how far it has come. */
  beat(): void {
    if (!this.isWorking) void this.work([`: beat\n${this.idLine()}`]);
  }

  /** Hangs up. */
  end(isCut: boolean): void {
    if (this.isEnded) return;
    this.isEnded = true;
    if (isCut || this.isWorking) this.sink.end();
    else this.sink.finish();
    this.ended(isCut);
  }

  private idLine(): string {
    return `id: ${eventId(this.place)}\n\n`;
  }

  private async work(first: readonly string[]): Promise<void> {
    this.isWorking = true;
    try {
      for (const text of first) await this.sink.write(text);
      while (this.isDue && !this.isEnded) {
        this.isDue = false;
        await this.pass();
      }
    } catch {
      this.end(true);
    } finally {
      this.isWorking = false;
    }
  }

  private async pass(): Promise<void> {
    const { conditions, fields } = this.subscription;
    for (let chunk = await this.next(this.place, conditions); chunk !== null && !this.isEnded;) {
      for (const event of chunk.events) {
        await this.sink.write(textOf(event, this.source, fields));
        this.place = event;
      }
      this.place = chunk.upTo;
      chunk = await this.next(this.place, conditions);
    }
  }
}

function textOf(event: StoredEvent, source: string, fields: readonly string[] | null): string {
  const [view] = sparse([EventView.of(event, source)], fields);
  return `id: ${eventId(event)}\ndata: ${JSON.stringify(view)}\n\n`;
}
