/** `homeward ctl events`: what happened, the newest last, and with `--follow` what happens. */
import type { ApiClient } from '../api-client.js';
import { filterQuery } from '../filter-query.js';
import { followEvents } from '../follow-events.js';
import { eventLine, type Event } from '../output/event-text.js';
import { inFormat, type Format } from '../output/in-format.js';
import { readPages } from '../read-pages.js';
import type { Said } from '../run-ctl.js';

export interface EventsOptions {
  readonly where: readonly string[];
  readonly output: Format;
  readonly limit: number;
}

export async function events(api: ApiClient, { where, output, limit }: EventsOptions): Promise<Said> {
  const newest = await readPages<Event>(api, { path: '/v1/events', query: filterQuery(where), limit });
  const items = newest.toReversed();
  return { text: inFormat(output, { items }, () => items.map(eventLine).join('')) };
}

export interface FollowOptions {
  readonly where: readonly string[];
  readonly output: Format;
  /** The id of the event after which it begins; absent: now. */
  readonly after?: string;
}

/** Says each as it comes: a line for people, a line of JSON or a document of YAML for programs. */
export async function* follow(
  api: ApiClient,
  { where, output, after }: FollowOptions,
): AsyncGenerator<string> {
  for await (const event of followEvents(api, filterQuery(where), after)) {
    if (output === 'json') yield `${JSON.stringify(event)}\n`;
    else yield inFormat(output, event, () => eventLine(event)).replace(/^(?=specversion)/, '---\n');
  }
}
