/**
 * Makes a decoder from a JSON schema. A decoder takes text or a parsed value from the other end and gives back either
 * what the contract promises or a short problem; it never throws and never mends or drops anything.
 */
import { Ajv, type SchemaObject } from 'ajv';
import { isCanonicalAddress } from './canonical-address.js';
import { isInstant } from './instant.js';
import { isInterfaceAddress } from './interface-address.js';

export type Decoded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

export type Decoder<T> = (input: unknown) => Decoded<T>;

const ajv = new Ajv({
  allErrors: false,
  strict: true,
  formats: {
    'canonical-address': isCanonicalAddress,
    'interface-address': isInterfaceAddress,
    instant: isInstant,
  },
});

/** The schema must describe T; it is compiled once. */
export function strictDecoder<T>(schema: SchemaObject): Decoder<T> {
  const validate = ajv.compile<T>(schema);
  return (input) => {
    if (validate(input)) return { ok: true, value: input };
    const [error] = validate.errors ?? [];
    return { ok: false, problem: `${error?.instancePath || 'the whole'} ${error?.message ?? 'is wrong'}` };
  };
}

/** The same for a JSON text. */
export function decodeText<T>(decode: Decoder<T>, text: string): Decoded<T> {
  try {
    return decode(JSON.parse(text));
  } catch {
    return { ok: false, problem: 'it is no JSON' };
  }
}

/** A whole number that JavaScript, JSON and PostgreSQL's bigint all agree about. */
export const COUNTER = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

type Members = Readonly<Record<string, SchemaObject>>;

/** An object with exactly these members, all of them there but for those that may be left out. */
export function exactly(members: Members, optional: Members = {}): SchemaObject {
  const properties = { ...members, ...optional };
  return { type: 'object', additionalProperties: false, required: Object.keys(members), properties };
}
