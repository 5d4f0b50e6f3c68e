/** What a command found, for people or for programs. Pure. */
import { stringify } from 'yaml';

export const FORMATS = ['table', 'json', 'yaml'] as const;
export type Format = (typeof FORMATS)[number];

/** @param table makes the text for people. */
export function inFormat(format: Format, found: unknown, table: () => string): string {
  if (format === 'json') return `${JSON.stringify(found, null, 2)}\n`;
  return format === 'yaml' ? stringify(found) : table();
}
