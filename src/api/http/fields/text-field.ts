import type { ApiPropertyOptions } from '@nestjs/swagger';
import { field, plainRule, type FieldOptions } from './field.js';

export interface TextFieldOptions extends FieldOptions {
  /** In characters (Unicode code points); 1 by default. */
  readonly min?: number;
  readonly max: number;
  /** Must match the whole text. */
  readonly pattern?: RegExp;
  /** Says the pattern in words: completes `must be …`. */
  readonly patternInWords?: string;
  /** Line feeds and tabs are welcome. */
  readonly multiline?: boolean;
}

const CONTROL = /\p{Cc}/u;
const CONTROL_BUT_LINES = /[^\P{Cc}\n\t]/u;

/** Text within limits and without control characters, which terminals and log readers would obey. */
export function TextField(options: TextFieldOptions): PropertyDecorator {
  const { min = 1, max, pattern } = options;
  const schema: ApiPropertyOptions = { type: 'string', minLength: min, maxLength: max };
  return field(
    options,
    plainRule('text', (value) => isText(value, options), messageOf(options), options),
    pattern === undefined ? schema : { ...schema, pattern: pattern.source },
  );
}

function isText(value: unknown, { min = 1, max, pattern, multiline }: TextFieldOptions): boolean {
  if (typeof value !== 'string') return false;
  const length = [...value].length;
  if (length < min || length > max) return false;
  if ((multiline === true ? CONTROL_BUT_LINES : CONTROL).test(value)) return false;
  return pattern?.test(value) ?? true;
}

function messageOf({ min = 1, max, patternInWords }: TextFieldOptions): string {
  const limits = `must be text of ${min} to ${max} characters without control characters`;
  return patternInWords === undefined ? limits : `${limits}, ${patternInWords}`;
}
