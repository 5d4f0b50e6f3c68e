import type { Question } from './api-client.js';
import { UsageError } from './usage-error.js';

/** `port=gte:80`: name and value, as lists of the API take them. */
export function filterQuery(filters: readonly string[]): NonNullable<Question['query']> {
  return filters.map((text) => pair(text, '--where', 'port=gte:80'));
}

/** `team=web`, as the API takes it. */
export function tagQuery(tags: readonly string[]): NonNullable<Question['query']> {
  return tags.map((text) => {
    const [key, value] = pair(text, '--tag', 'team=web');
    return [`tag.${key}`, value];
  });
}

function pair(text: string, option: string, example: string): readonly [string, string] {
  const place = text.indexOf('=');
  if (place < 1) throw new UsageError(`${option} ${text}: say it as ${example}`);
  return [text.slice(0, place), text.slice(place + 1)];
}
