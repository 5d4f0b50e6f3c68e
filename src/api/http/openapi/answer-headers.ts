/**
 * Which headers an operation answers with, by status. They follow from what it takes and shows, as its codes do
 * (problem-codes.ts): a new operation has them without saying so. `required` are those that come with each such answer. Pure.
 */
import type { OperationTraits } from './problem-codes.js';

/** One answer of an operation. */
export interface AnswerTraits {
  readonly status: number;
  /** It is a plan and never anything else: what a write answers then tells of nothing that was done. */
  readonly isPlan: boolean;
}

interface Header {
  readonly description: string;
  readonly required?: true;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly example: string | number;
}

type References = Readonly<Record<string, { readonly $ref: string }>>;

const text = { type: 'string' };
const TAG = '"42-9f86d081884c7d659a2feaa0c55ad015"';
const PROGRESS = '</v1/revisions/43/progress>; rel="status"';

/** By their names in `components.headers`. */
export const ANSWER_HEADERS = {
  RequestId: {
    description:
      'Names this request in the log and in the history: that of the request, or else one of ours.',
    required: true,
    schema: text,
    example: '5a0c7c5e-6f1b-4f0c-9f0e-0d1b7a7a3c11',
  },
  ETag: {
    description:
      'Of what is shown. `If-None-Match` takes it, and where it begins with a revision, `If-Match` of that object too.',
    required: true,
    schema: text,
    example: TAG,
  },
  ETagIfAny: {
    description:
      'Of what is shown, as everywhere; absent of a plan, of a stream, and where nothing had to be changed at all.',
    schema: text,
    example: TAG,
  },
  Location: {
    description: 'Path of what was made.',
    required: true,
    schema: text,
    example: '/v1/virtual-services/7c9e6679-7425-40de-944b-e07fc1f90ae7',
  },
  StatusLink: {
    description: 'Where it is told how far the revision is that was made (RFC 8631).',
    required: true,
    schema: text,
    example: PROGRESS,
  },
  StatusLinkIfAny: {
    description: 'Where it is told how far the revision is that was made (RFC 8631); absent where none was.',
    schema: text,
    example: PROGRESS,
  },
  NextLink: {
    description: 'The next page, where there is one (RFC 8288).',
    schema: text,
    example: '</v1/virtual-services?limit=50&cursor=WzUwXQ>; rel="next"',
  },
  PreferenceApplied: {
    description: 'How long the answer was prepared to wait; absent where nobody waited.',
    schema: text,
    example: 'wait=30',
  },
  IdempotencyReplayed: {
    description:
      'With an `Idempotency-Key`: `true` where it was done before and this is the answer of then, else `false`.',
    schema: { type: 'string', enum: ['true', 'false'] },
    example: 'false',
  },
  RetryAfter: {
    description: 'Seconds after which to repeat the request; absent where that would not help.',
    schema: { type: 'integer', format: 'int32', minimum: 1 },
    example: 1,
  },
  WwwAuthenticate: {
    description: 'The scheme that the credential has to be of.',
    required: true,
    schema: text,
    example: 'Bearer realm="homeward"',
  },
} satisfies Readonly<Record<string, Header>>;

type Known = keyof typeof ANSWER_HEADERS;
type Applies = (status: number, operation: OperationTraits) => boolean;

const taking =
  (name: string): Applies =>
  (status, { takes }) =>
    status < 300 && takes.has(name);
const on =
  (...statuses: readonly number[]): Applies =>
  (status) =>
    statuses.includes(status);

/** Read conditionally, and no stream; or made just now, with a revision. */
const isTagged: Applies = (status, { takes, shows, method }) =>
  (status === 201 && shows.has('revision')) ||
  (status < 400 && method === 'get' && takes.has('If-None-Match') && !mayBeStream(status, takes));
const mayBeStream = (status: number, takes: ReadonlySet<string>) =>
  status === 200 && takes.has('Last-Event-ID');

/** Of a write that may find nothing to do, of one that may be a dry run, and of events as a stream. */
const isTaggedAtTimes: Applies = (status, { takes, shows, method }) =>
  status === 200 &&
  (mayBeStream(status, takes) || (method !== 'get' && (shows.has('revision') || takes.has('dryRun'))));

/** Nodes have no services, of which a revision tells how far they are. */
const isFollowed: Applies = (_status, { path, takes }) =>
  takes.has('Idempotency-Key') && !path.startsWith('/v1/nodes');
const both =
  (one: Applies, other: Applies): Applies =>
  (status, operation) =>
    one(status, operation) && other(status, operation);

/** A token alone is made without a path of its own. */
const isPlaced: Applies = (status, { path }) => status === 201 && !path.endsWith('/join-token');

/** Those of an answer that says more than what would be. */
const OF_DEEDS: readonly (readonly [header: string, known: Known, of: Applies])[] = [
  ['ETag', 'ETag', isTagged],
  ['ETag', 'ETagIfAny', isTaggedAtTimes],
  ['Location', 'Location', isPlaced],
  ['Link', 'NextLink', taking('cursor')],
  ['Link', 'StatusLink', both(on(201, 202, 204), isFollowed)],
  ['Link', 'StatusLinkIfAny', both(on(200), isFollowed)],
  ['Preference-Applied', 'PreferenceApplied', taking('Prefer')],
  ['Idempotency-Replayed', 'IdempotencyReplayed', taking('Idempotency-Key')],
  ['Retry-After', 'RetryAfter', on(409, 429, 503)],
  ['WWW-Authenticate', 'WwwAuthenticate', on(401)],
];

export function answerHeaders({ status, isPlan }: AnswerTraits, operation: OperationTraits): References {
  const sent = isPlan ? [] : OF_DEEDS.filter(([, , applies]) => applies(status, operation));
  const names = [['X-Request-Id', 'RequestId'], ...sent] as const;
  return Object.fromEntries(
    names.map(([header, known]) => [header, { $ref: `#/components/headers/${known}` }]),
  );
}
