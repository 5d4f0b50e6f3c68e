/**
 * Reads the stream of documents of one connection, and nothing else: no retry, no decision about what arrives.
 * It never waits on a dead connection: three heartbeats of silence end it.
 */
import { createParser } from 'eventsource-parser';
import { QUESTION_EVENT } from '../contract/questions.js';
import { DOCUMENTS_EVENT, DOCUMENTS_PATH, HEARTBEAT_MS, type Position } from '../contract/stream.js';
import { ask, type Answer } from './ask.js';
import { RequestRefused } from './request-refused.js';

const SILENT_HEARTBEATS = 3;
/** A part of a batch is far smaller; what is larger is no document stream. */
const LARGEST_EVENT = 64 * 1024 * 1024;

export interface StreamRequest {
  readonly apiUrl: string;
  readonly credential: string;
  /** The position held, or null to be sent a snapshot. */
  readonly position: Position | null;
  readonly signal: AbortSignal;
  /** Silence after which the connection counts as dead; three heartbeats. */
  readonly silenceMs?: number;
}

export interface StreamListener {
  onOpen(): void;
  /** The data of one event with documents. An error that it throws ends the stream. */
  onMessage(data: string): void;
  /** The data of one event with a question. */
  onQuestion(data: string): void;
}

/** Resolves when the other end closed the stream; rejects in every other case. */
export async function readDocumentStream(request: StreamRequest, listener: StreamListener): Promise<void> {
  const silence = new AbortController();
  const silenceMs = request.silenceMs ?? SILENT_HEARTBEATS * HEARTBEAT_MS;
  const timer = setTimeout(
    () => silence.abort(new Error(`nothing was heard for ${silenceMs} ms`)),
    silenceMs,
  );
  try {
    const answer = await ask(streamUrl(request), {
      method: 'GET',
      headers: { authorization: `Bearer ${request.credential}`, accept: 'text/event-stream' },
      signal: AbortSignal.any([request.signal, silence.signal]),
    });
    if (!answer.ok) throw await RequestRefused.from(answer);
    listener.onOpen();
    await readEvents(answer, listener, () => timer.refresh());
  } finally {
    clearTimeout(timer);
  }
}

async function readEvents({ chunks }: Answer, listener: StreamListener, onBytes: () => void): Promise<void> {
  const parser = createParser({
    maxBufferSize: LARGEST_EVENT,
    onEvent: (event) => {
      if (event.event === DOCUMENTS_EVENT) listener.onMessage(event.data);
      else if (event.event === QUESTION_EVENT) listener.onQuestion(event.data);
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    onBytes();
    parser.feed(decoder.decode(chunk, { stream: true }));
  }
}

function streamUrl({ apiUrl, position }: StreamRequest): string {
  if (position === null) return `${apiUrl}${DOCUMENTS_PATH}`;
  const query = new URLSearchParams({
    cluster: position.cluster,
    epoch: String(position.epoch),
    version: String(position.version),
  });
  return `${apiUrl}${DOCUMENTS_PATH}?${query.toString()}`;
}
