/**
 * Decodes what travels down. The message around the documents is refused as a whole when anything of it is wrong.
 * The bodies are decoded one by one, because one bad document must not hold up the others.
 */
import type { SchemaObject } from 'ajv';
import { CONTRACT_FORMAT, type DocumentBody, type ServiceDocument, type VipDocument } from './documents.js';
import {
  LONGEST_DATAGRAM,
  LONGEST_EXPECTED_BODY,
  LONGEST_INTERVAL_MS,
  SHORTEST_INTERVAL_MS,
} from './health-limits.js';
import type { NodeRole } from './join.js';
import type { DocumentsMessage } from './stream.js';
import { COUNTER, exactly, strictDecoder, type Decoder } from './strict-decoder.js';

const PORT = { type: 'integer', minimum: 1, maximum: 65_535 };
const NUMBER = { type: 'integer', minimum: 1, maximum: 2 ** 31 - 1 };
const ADDRESS = { type: 'string', format: 'canonical-address' };
const PROTOCOL = { enum: ['tcp', 'udp'] };
const MOST_SLOTS_BITS = 12;
const MOST_ITEMS = 65_536;

const PAGE_MEMBERS = {
  path: { type: 'string', maxLength: 1024, pattern: '^/[!-~]*$' },
  host: {
    anyOf: [{ type: 'null' }, { type: 'string', maxLength: 253, pattern: '^[A-Za-z0-9.:[\\]-]+$' }],
  },
  expectedStatus: { type: 'integer', minimum: 100, maximum: 599 },
};
const EXPECTED_BODY = { type: 'string', minLength: 1, maxLength: LONGEST_EXPECTED_BODY };

/** Padded, so that nobody has to guess whether something was cut off. */
const BASE64 = {
  type: 'string',
  maxLength: Math.ceil(LONGEST_DATAGRAM / 3) * 4,
  pattern: '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
};
const INTERVAL_MS = { type: 'integer', minimum: SHORTEST_INTERVAL_MS, maximum: LONGEST_INTERVAL_MS };
const COUNT_IN_A_ROW = { type: 'integer', minimum: 1, maximum: 100 };

const askedBy = (types: readonly string[], more: Readonly<Record<string, SchemaObject>>): SchemaObject =>
  exactly({
    type: { enum: types },
    port: PORT,
    intervalMs: INTERVAL_MS,
    timeoutMs: INTERVAL_MS,
    rise: COUNT_IN_A_ROW,
    fall: COUNT_IN_A_ROW,
    ...more,
  });

const HEALTH_QUESTION = {
  oneOf: [
    askedBy(['tcp'], {}),
    askedBy(['http', 'https'], {
      http: exactly({ method: { enum: ['GET', 'HEAD'] }, ...PAGE_MEMBERS }, { expectedBody: EXPECTED_BODY }),
    }),
    askedBy(['udp'], { udp: exactly({ payload: BASE64, expected: { anyOf: [{ type: 'null' }, BASE64] } }) }),
  ],
};

const SILENCE_PROBES = {
  type: 'array',
  minItems: 1,
  maxItems: MOST_ITEMS,
  items: exactly({ number: NUMBER, address: ADDRESS, asked: COUNTER }),
};

/** A day, and the bits of an IPv6 address. */
const PERSISTENCE = exactly({
  timeoutSeconds: { type: 'integer', minimum: 1, maximum: 86_400 },
  prefixLength: { type: 'integer', minimum: 1, maximum: 128 },
});

const SERVICE_MEMBERS = exactly(
  {
    kind: { const: 'service' },
    number: NUMBER,
    address: ADDRESS,
    protocol: PROTOCOL,
    port: PORT,
    endPort: PORT,
    scheduler: { enum: ['maglev', 'source-hash', 'round-robin'] },
    slots: { enum: Array.from({ length: MOST_SLOTS_BITS + 1 }, (_, bits) => 2 ** bits) },
    servers: {
      type: 'array',
      maxItems: MOST_ITEMS,
      items: exactly(
        { number: NUMBER, address: ADDRESS, weight: { type: 'integer', minimum: 0, maximum: 65_535 } },
        { backup: { const: true } },
      ),
    },
  },
  {
    silenceProbes: SILENCE_PROBES,
    persistence: PERSISTENCE,
    flowAffinity: { const: false },
    healthCheck: HEALTH_QUESTION,
    slowStartMs: { type: 'integer', minimum: 1, maximum: LONGEST_INTERVAL_MS },
    minHealthy: { type: 'integer', minimum: 1, maximum: MOST_ITEMS },
  },
);

const having = (member: string): SchemaObject => ({
  type: 'object',
  required: [member],
  properties: { [member]: true },
});
const TURNS = { type: 'object', properties: { scheduler: { const: 'round-robin' } } };

/** Turns and sources are remembered: neither can be where nothing is. */
const SERVICE_BODY = {
  ...SERVICE_MEMBERS,
  not: { allOf: [having('flowAffinity'), { anyOf: [TURNS, having('persistence')] }] },
};

const HTTP_QUESTION = exactly(
  { scheme: { enum: ['http', 'https'] }, ...PAGE_MEMBERS },
  { method: { const: 'HEAD' }, expectedBody: EXPECTED_BODY },
);

/** What an agent asks a service for; the page may be left out. */
export const ASKED_MEMBERS = { protocol: PROTOCOL, port: PORT, endPort: PORT };
export const ASKED_PAGE = { http: HTTP_QUESTION };

const VIP_BODY = exactly({
  kind: { const: 'vip' },
  address: ADDRESS,
  services: {
    type: 'array',
    maxItems: MOST_ITEMS,
    items: exactly(ASKED_MEMBERS, ASKED_PAGE),
  },
});

const DECODERS: Readonly<Record<NodeRole, Decoder<DocumentBody>>> = {
  director: strictDecoder<ServiceDocument>(SERVICE_BODY),
  agent: strictDecoder<VipDocument>(VIP_BODY),
};

/** The decoder for the bodies that a node of this role is sent. */
export function bodyDecoder(role: NodeRole): Decoder<DocumentBody> {
  return DECODERS[role];
}

/** Whether a node of some role would take the body. What it never does is tell one role's from another's. */
export function isUnderstood(body: unknown): boolean {
  return Object.values(DECODERS).some((decode) => decode(body).ok);
}

const DOCUMENT = exactly({
  key: { type: 'string', minLength: 1, maxLength: 128 },
  version: COUNTER,
  revision: COUNTER,
  body: { type: ['object', 'null'] },
});

/** One document; its body, if any, is some object and has still to be decoded. */
export const DOCUMENT_SCHEMA = { ...DOCUMENT, properties: { ...DOCUMENT['properties'], approval: COUNTER } };

/** The schema members of a `Position`. */
export const POSITION_MEMBERS = {
  cluster: { type: 'string', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' },
  epoch: COUNTER,
  version: COUNTER,
} as const;

/** The schema of a set digest. */
export const DIGEST = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;

/** The schema of the seed of the flow hashes. */
export const SEED = { type: 'integer', minimum: 1, maximum: 2 ** 32 - 1 } as const;

/** The message, whose documents' bodies have still to be decoded one by one. */
export const decodeDocumentsMessage = strictDecoder<DocumentsMessage>(
  exactly({
    format: { const: CONTRACT_FORMAT },
    kind: { enum: ['snapshot', 'delta'] },
    ...POSITION_MEMBERS,
    revision: COUNTER,
    seed: SEED,
    digest: DIGEST,
    last: { type: 'boolean' },
    documents: { type: 'array', items: DOCUMENT_SCHEMA },
  }),
);
