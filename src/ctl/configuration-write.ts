import type { Question } from './api-client.js';
import { tagQuery } from './filter-query.js';
import type { Input } from './read-input.js';

export const CONFIGURATION_PATH = '/v1/configuration';

/** @param tags the part that it is about; none: all services. */
export function configurationWrite(body: Input, tags: readonly string[]): Question {
  return { method: 'PUT', path: CONFIGURATION_PATH, query: tagQuery(tags), body };
}
