/** Somebody who follows /v1/events as a stream, and remembers what came. */
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { createParser } from 'eventsource-parser';
import { ADMIN_TOKEN } from './api-under-test.js';
import { untilSo } from './until-so.js';

const WAIT_MS = 15_000;

export interface HeardEvent {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly subject: string;
  readonly data: {
    readonly objectType: string;
    readonly objectId: string;
    readonly virtualServiceId: string | null;
    readonly revision: number | null;
    readonly condition: string | null;
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
  };
}

export class EventReader {
  readonly events: HeardEvent[] = [];
  /** As a browser would send it with the next connection. */
  lastEventId = '';
  isOpen = false;
  private call: ClientRequest | null = null;
  private response: IncomingMessage | null = null;

  /** @param query with its question mark. */
  constructor(
    private readonly query = '',
    private readonly token = ADMIN_TOKEN,
  ) {}

  /** Resolves when the stream has begun; throws with what was answered instead. */
  async follow(base: string): Promise<void> {
    const headers = {
      Accept: 'text/event-stream',
      Authorization: `Bearer ${this.token}`,
      ...(this.lastEventId !== '' && { 'Last-Event-ID': this.lastEventId }),
    };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      this.call = request(`${base}/v1/events${this.query}`, { agent: false, headers }, resolve);
      this.call.on('error', reject).end();
    });
    response.setEncoding('utf8').on('error', () => undefined);
    if (response.statusCode !== 200) throw new Error(await textOf(response));
    this.response = response;
    this.isOpen = true;
    response.on('close', () => (this.isOpen = false));
    const parser = createParser({ onEvent: ({ id, data }) => this.take(id ?? '', data) });
    // The parser tells of events alone, and not of an id that comes by itself.
    response.on('data', (text: string) => {
      parser.feed(text);
      this.lastEventId =
        /^id: (\S+)\n\n$/m.exec(text.slice(text.lastIndexOf('id: ')))?.[1] ?? this.lastEventId;
    });
    await untilSo(() => this.lastEventId !== '', 'the first id', WAIT_MS);
  }

  leave(): void {
    this.call?.destroy();
    this.call = null;
  }

  /** Takes nothing more from the connection. */
  stall(): void {
    this.response?.pause();
  }

  until(isSo: (events: readonly HeardEvent[]) => boolean, what: string): Promise<void> {
    return untilSo(() => isSo(this.events), what, WAIT_MS);
  }

  /** Of one object, in the order in which they came. */
  of(objectId: string): HeardEvent[] {
    return this.events.filter(({ data }) => data.objectId === objectId);
  }

  private take(id: string, data: string): void {
    this.lastEventId = id;
    this.events.push(JSON.parse(data) as HeardEvent);
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of response) text += String(part);
  return text;
}
