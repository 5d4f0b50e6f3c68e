import { field, plainRule, type FieldOptions } from './field.js';

const MAX_TAGS = 64;
const MAX_VALUE_LENGTH = 255;
const KEY = /^[a-z0-9][a-z0-9._/-]{0,62}$/;
const CONTROL = /\p{Cc}/u;

const MESSAGE =
  `must be an object of at most ${MAX_TAGS} texts; keys are 1 to 63 of a-z 0-9 . _ / - beginning with a letter or ` +
  `digit, values at most ${MAX_VALUE_LENGTH} characters without control characters`;

/** A map of short texts that people sort their objects by. */
export function TagsField(options: FieldOptions): PropertyDecorator {
  return field(options, plainRule('tags', isTagMap, MESSAGE, options), {
    type: 'object',
    maxProperties: MAX_TAGS,
    propertyNames: { pattern: KEY.source },
    additionalProperties: { type: 'string', maxLength: MAX_VALUE_LENGTH },
  } as Parameters<typeof field>[2]);
}

function isTagMap(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= MAX_TAGS && entries.every(([key, text]) => KEY.test(key) && isTagValue(text));
}

function isTagValue(value: unknown): boolean {
  return typeof value === 'string' && [...value].length <= MAX_VALUE_LENGTH && !CONTROL.test(value);
}
