/** Writes the configuration, as it is or as it was at a revision: all of one moment, some services at a time. */
import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import pLimit from 'p-limit';
import { DataSource, type EntityManager } from 'typeorm';
import { requireKept } from '../revisions/kept-history.js';
import { readSnapshot } from '../store/read-snapshot.js';
import { configurationTag, entityTagOf } from './configuration-tag.js';
import { WRITERS, type ConfigurationFormat } from './configuration-text.js';
import type { Scope } from './configuration-scope.js';
import { configuredService } from './configured-service.js';
import { readConfiguration } from './read-configuration.js';

/** Each takes a connection of the pool, and memory for the text. */
const AT_ONCE = 2;

export interface Exported {
  readonly text: Buffer;
  readonly entityTag: string;
}

@Injectable()
export class ExportConfiguration {
  private readonly turn = pLimit(AT_ONCE);

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** @param at a revision; undefined: now. */
  export(format: ConfigurationFormat, scope: Scope, at: number | undefined): Promise<Exported> {
    return this.turn(() =>
      readSnapshot(this.dataSource, async (manager) => {
        if (at !== undefined) await requireKept(manager, at);
        return write(manager, format, scope, at);
      }),
    );
  }
}

async function write(
  manager: EntityManager,
  format: ConfigurationFormat,
  scope: Scope,
  at: number | undefined,
): Promise<Exported> {
  const { head, between, tail, none, one } = WRITERS[format];
  const digest = createHash('sha256');
  const parts: Buffer[] = [];
  for await (const services of readConfiguration(manager, scope, at)) {
    const shown = services.map(configuredService);
    for (const each of shown) digest.update(JSON.stringify(each));
    const opening = parts.length === 0 ? head : between;
    // Bytes, outside of the heap; and others get their turn.
    parts.push(Buffer.from(opening + shown.map(one).join(between)));
    await setImmediate();
  }
  parts.push(Buffer.from(parts.length === 0 ? none : tail));
  return { text: Buffer.concat(parts), entityTag: entityTagOf(configurationTag(digest), format) };
}
