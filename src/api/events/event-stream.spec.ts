import { describe, expect, it } from 'vitest';
import type { EventSink } from '../http/event-sink.js';
import { EventStream, type NextChunk } from './event-stream.js';
import type { StoredEvent } from './event.view.js';

const SUBSCRIPTION = { conditions: [], fields: ['id'], tokenId: 'a' };

function event(position: number): StoredEvent {
  return {
    position,
    epoch: 1,
    type: 'node.lost',
    time: new Date(0),
    objectType: 'node',
    objectId: 'n',
    virtualServiceId: null,
    name: 'web-1',
    tags: {},
    revision: null,
    condition: null,
    before: null,
    after: null,
    actor: null,
    requestId: null,
    ticket: null,
  };
}

/** Takes what is written when it is told to. */
class SlowSink implements EventSink {
  readonly texts: string[] = [];
  hungUp: 'at once' | 'in good order' | null = null;
  private taken: (() => void) | null = null;
  private refused: ((error: Error) => void) | null = null;

  write(text: string): Promise<void> {
    this.texts.push(text);
    return new Promise((resolve, reject) => {
      this.taken = resolve;
      this.refused = reject;
    });
  }

  async take(): Promise<void> {
    this.taken?.();
    await settled();
  }

  async refuse(): Promise<void> {
    this.refused?.(new Error('the reader takes nothing'));
    await settled();
  }

  end(): void {
    this.hungUp = 'at once';
  }

  finish(): void {
    this.hungUp = 'in good order';
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

function streamOf(events: readonly StoredEvent[], sink: EventSink) {
  const asked: number[] = [];
  const ended: boolean[] = [];
  const next: NextChunk = (after) => {
    asked.push(after.position);
    const rest = events.filter(({ position }) => position > after.position).slice(0, 2);
    const upTo = rest.at(-1);
    return Promise.resolve(upTo === undefined ? null : { events: rest, upTo });
  };
  const begin = { epoch: 1, position: 0 };
  const stream = new EventStream(SUBSCRIPTION, begin, sink, next, 'cluster', (isCut) => ended.push(isCut));
  return { stream, asked, ended };
}

describe('a stream of events', () => {
  it('asks for no more while its reader has not taken what it was sent', async () => {
    const sink = new SlowSink();
    const { stream, asked } = streamOf([event(1), event(2), event(3)], sink);
    stream.begin();
    for (let count = 0; count < 5; count++) stream.wake();
    await settled();
    expect([sink.texts.length, asked]).toEqual([1, []]);
    await sink.take();
    await sink.take();
    expect([sink.texts.length, asked]).toEqual([3, [0]]);
    await sink.take();
    await sink.take();
    expect(asked).toEqual([0, 2, 3]);
    expect(sink.texts.slice(1)).toEqual([1, 2, 3].map((n) => `id: 1-${n}\ndata: {"id":"1-${n}"}\n\n`));
  });

  it('tells with its heartbeat how far it has come, and where it began', async () => {
    const sink = new SlowSink();
    const { stream } = streamOf([event(7)], sink);
    stream.begin();
    await sink.take();
    await sink.take();
    stream.beat();
    expect([sink.texts[0], sink.texts.at(-1)]).toEqual(['retry: 1000\nid: 1-0\n\n', ': beat\nid: 1-7\n\n']);
  });

  it('is cut off when its reader takes nothing, and ends in good order otherwise', async () => {
    const slow = new SlowSink();
    const { stream, ended } = streamOf([], slow);
    stream.begin();
    await slow.refuse();
    expect([slow.hungUp, ended]).toEqual(['at once', [true]]);
    const well = new SlowSink();
    const other = streamOf([], well);
    other.stream.begin();
    await well.take();
    other.stream.end(false);
    other.stream.end(false);
    expect([well.hungUp, other.ended]).toEqual(['in good order', [false]]);
  });
});
