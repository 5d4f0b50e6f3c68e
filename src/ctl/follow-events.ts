/**
 * The stream of events, without an end: where a connection ends it goes on after the last event that it has had, so that
 * none is missed and none comes twice. A refusal is final.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { Backoff } from '../platform/backoff.js';
import { Unreachable, type ApiClient, type Question } from './api-client.js';
import { EXIT } from './exit-codes.js';
import type { Event } from './output/event-text.js';
import { Refused } from './problem.js';

const PATH = '/v1/events';
/** Six heartbeats of the API: such a connection is dead. */
const SILENCE_MS = 60_000;

type Query = NonNullable<Question['query']>;

/** @param after the event after which it begins; absent: now. */
export async function* followEvents(api: ApiClient, query: Query, after?: string): AsyncGenerator<Event> {
  const backoff = new Backoff();
  let last = after ?? (await newestEvent(api));
  for (;;) {
    try {
      for await (const event of readStream(api, query, last)) {
        last = event.id;
        backoff.reset();
        yield event;
      }
    } catch (error) {
      if (!mayPass(error)) throw error;
      process.stderr.write(`homeward: ${error.message}; trying again\n`);
    }
    await sleep(backoff.next());
  }
}

/** A stream that breaks before its first event must know where it was to begin. */
async function newestEvent(api: ApiClient): Promise<string | undefined> {
  const { items } = await api.json<{ items: readonly Event[] }>({ path: PATH, query: [['limit', '1']] });
  return items[0]?.id;
}

/** Ends when the API ends it, or when it cannot be read on. */
async function* readStream(api: ApiClient, query: Query, after: string | undefined): AsyncGenerator<Event> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error('nothing was heard')), SILENCE_MS);
  const place = after === undefined ? {} : { 'Last-Event-ID': after };
  const headers = { Accept: 'text/event-stream', ...place };
  try {
    const answer = await api.ask({ path: PATH, query, headers, signal: silence.signal });
    const events: Event[] = [];
    const parser = createParser({ onEvent: ({ data }) => void events.push(JSON.parse(data) as Event) });
    const decoder = new TextDecoder();
    for await (const chunk of api.chunks(answer)) {
      timer.refresh();
      parser.feed(decoder.decode(chunk, { stream: true }));
      yield* events.splice(0);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** The API restarts, or a proxy before it is busy. */
function mayPass(error: unknown): error is Error {
  return error instanceof Unreachable || (error instanceof Refused && error.exitCode === EXIT.failed);
}
