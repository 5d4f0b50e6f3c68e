/**
 * Decodes questions and their answers. The question inside its message is decoded apart, so that a node can refuse
 * one of a kind that it does not know.
 */
import { CONTRACT_FORMAT } from './documents.js';
import {
  MOST_FLOWS_TOLD,
  type AnswerMessage,
  type Question,
  type QuestionMessage,
  type Told,
} from './questions.js';
import { LONGEST_MESSAGE } from './report-limits.js';
import { COUNTER, exactly, strictDecoder, type Decoded, type Decoder } from './strict-decoder.js';
import { FLOW_STATES, MOST_OWNERS_TOLD, ROUTE_REASONS } from './told.js';

const UUID = { type: 'string', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' };
const KEY = { type: 'string', minLength: 1, maxLength: 128 };
const ADDRESS = { type: 'string', format: 'canonical-address' };
const ETHERNET_ADDRESS = { type: 'string', pattern: '^([0-9a-f]{2}:){5}[0-9a-f]{2}$' };
const NUMBER = { type: 'integer', minimum: 1, maximum: 2 ** 31 - 1 };
const PORT = { type: 'integer', minimum: 0, maximum: 65_535 };
const FLOW_KEY = { type: 'string', pattern: '^[0-9a-f]{1,64}$' };
const RATE = { type: 'number', minimum: 0 };
const LONGEST_WAIT_MS = 60_000;
const MOST_SERVERS = 65_536;

const orNull = (schema: object) => ({ anyOf: [{ type: 'null' }, schema] });
const list = (items: object, maxItems: number) => ({ type: 'array', maxItems, items });

/** The message, whose question has still to be decoded. */
export const decodeQuestionMessage = strictDecoder<QuestionMessage>(
  exactly({
    format: { const: CONTRACT_FORMAT },
    id: UUID,
    withinMs: { type: 'integer', minimum: 1, maximum: LONGEST_WAIT_MS },
    question: { type: 'object' },
  }),
);

const QUESTIONS: Readonly<Record<Question['kind'], Decoder<Question>>> = {
  stats: strictDecoder(exactly({ kind: { const: 'stats' }, service: KEY })),
  flows: strictDecoder(
    exactly(
      {
        kind: { const: 'flows' },
        service: KEY,
        limit: { type: 'integer', minimum: 1, maximum: MOST_FLOWS_TOLD },
      },
      { server: NUMBER, source: ADDRESS, after: FLOW_KEY },
    ),
  ),
  owners: strictDecoder(exactly({ kind: { const: 'owners' }, service: KEY })),
  route: strictDecoder(
    exactly({ kind: { const: 'route' }, service: KEY, source: ADDRESS, sourcePort: PORT }, { port: PORT }),
  ),
};

const TRAFFIC = {
  packets: COUNTER,
  bytes: COUNTER,
  packetsPerSecond: RATE,
  bytesPerSecond: RATE,
  flows: COUNTER,
};

const FLOW = exactly({
  key: FLOW_KEY,
  state: { enum: FLOW_STATES },
  source: orNull(ADDRESS),
  sourcePort: orNull(PORT),
  server: NUMBER,
  address: orNull(ADDRESS),
  expiresInMs: COUNTER,
});

const TOLD: Readonly<Record<Question['kind'], object>> = {
  stats: exactly({
    kind: { const: 'stats' },
    overMs: COUNTER,
    flowsComplete: { type: 'boolean' },
    service: exactly(TRAFFIC),
    servers: list(exactly({ number: NUMBER, address: ADDRESS, ...TRAFFIC }), MOST_SERVERS),
  }),
  flows: exactly({
    kind: { const: 'flows' },
    flows: list(FLOW, MOST_FLOWS_TOLD),
    total: COUNTER,
    complete: { type: 'boolean' },
  }),
  owners: exactly({
    kind: { const: 'owners' },
    held: { type: 'boolean' },
    answers: list(exactly({ mac: ETHERNET_ADDRESS, fellow: { type: 'boolean' } }), MOST_OWNERS_TOLD),
  }),
  route: exactly({
    kind: { const: 'route' },
    reason: { enum: ROUTE_REASONS },
    server: orNull(NUMBER),
    address: orNull(ADDRESS),
    slot: orNull(COUNTER),
    expiresInMs: orNull(COUNTER),
  }),
};

const REFUSAL = exactly({
  reason: { type: 'string', pattern: '^[A-Z][A-Za-z0-9]{0,63}$' },
  message: { type: 'string', maxLength: LONGEST_MESSAGE },
});

const answerTo = (told: object) =>
  strictDecoder<AnswerMessage>({
    anyOf: [
      exactly({ format: { const: CONTRACT_FORMAT }, refusal: REFUSAL }),
      exactly({ format: { const: CONTRACT_FORMAT }, told }),
    ],
  });

const ANSWERS: Readonly<Record<Question['kind'], Decoder<AnswerMessage>>> = {
  stats: answerTo(TOLD.stats),
  flows: answerTo(TOLD.flows),
  owners: answerTo(TOLD.owners),
  route: answerTo(TOLD.route),
};

/** The question of a message, if it is of a kind that is known. */
export function decodeQuestion(question: object): Decoded<Question> {
  const kind: unknown = 'kind' in question ? question.kind : undefined;
  const decode = Object.entries(QUESTIONS).find(([known]) => known === kind)?.[1];
  return decode?.(question) ?? { ok: false, problem: 'questions of this kind are not known' };
}

/** The decoder of answers to questions of one kind: what answers another question is no answer to this one. */
export function answerDecoder(kind: Told['kind']): Decoder<AnswerMessage> {
  return ANSWERS[kind];
}
