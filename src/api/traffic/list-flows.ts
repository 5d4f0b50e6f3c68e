/**
 * Pages through the flows that directors remember of a virtual service, one director after the other. A page asks no
 * more directors than it needs; one that does not answer is named, and passed over.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { FlowsQuestion } from '../../contract/questions.js';
import type { FlowsTold } from '../../contract/told.js';
import { Failed } from '../../domain/failure.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { AskDirectors, type Director, type DirectorSaid } from '../delivery/questions/ask-directors.js';
import { nobodyTold } from '../delivery/questions/director-trouble.js';
import { DEFAULT_PAGE_LIMIT, decodeCursor, encodeCursor } from '../http/page.js';
import { nodeNotFound } from '../nodes/read-nodes.js';
import { requireServer } from '../real-servers/write-real-servers.js';
import { DirectorAnswerView } from './director-answer.view.js';
import { requireIpv4, sourceFor } from './flow-source.js';
import { FlowView, type FlowPageView } from './flow.view.js';
import type { FlowsQuery } from './flows.query.js';
import { loadService } from './load-service.js';
import { serverIds } from './server-ids.js';

/** A scan of very many flows ends after three seconds, and may have to wait for another one. */
const WITHIN_MS = 6_000;

type Asked = DirectorSaid<FlowsTold> & { readonly director: Director };

@Injectable()
export class ListFlows {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AskDirectors) private readonly ask: AskDirectors,
  ) {}

  async page(id: string, query: FlowsQuery): Promise<FlowPageView> {
    const service = await loadService(this.dataSource.manager, id);
    const filter = filterOf(service, query);
    const directors = await this.directors(query);
    const { asked, nextCursor } = await this.collect(directors, filter, query);
    const isAnswered = asked.some(({ told }) => told !== null);
    // Past the last director, which may be gone since the page before, there is nobody left to ask.
    const isPastAll = asked.length === 0 && directors.length > 0;
    if (!isAnswered && !isPastAll) throw new Failed(nobodyTold(asked));
    const ids = serverIds(service);
    return {
      items: asked.flatMap(({ told, director }) =>
        (told?.flows ?? []).map((flow) => FlowView.of(flow, director, ids)),
      ),
      nextCursor,
      complete: asked.every(({ told }) => told?.complete !== false),
      directors: asked.map((each) => DirectorAnswerView.headOf(each)),
      ...(query.total === true ? { total: await this.total(directors, filter) } : {}),
    };
  }

  private async directors({ directorId }: FlowsQuery): Promise<readonly Director[]> {
    const all = await this.ask.directors();
    if (directorId === undefined) return all;
    const directors = all.filter(({ id }) => id === directorId.toLowerCase());
    if (directors.length === 0) throw nodeNotFound(directorId);
    return directors;
  }

  /** Asks on until the page is full; the cursor names director and key of the last flow on it. */
  private async collect(
    directors: readonly Director[],
    filter: Filter,
    { limit = DEFAULT_PAGE_LIMIT, cursor }: FlowsQuery,
  ): Promise<{ readonly asked: readonly Asked[]; readonly nextCursor: string | null }> {
    const [from, after] = cursor === undefined ? ['', ''] : decodeCursor(cursor, isCursor);
    const asked: Asked[] = [];
    let left = limit;
    for (const director of directors.filter(({ name }) => name >= from)) {
      if (left === 0) return { asked, nextCursor: encodeCursor([director.name, '']) };
      const goesOn = director.name === from && after !== '' ? { after } : {};
      const said = await this.ask.one(director, { ...filter, ...goesOn, limit: left }, WITHIN_MS);
      asked.push({ ...said, director });
      const { flows = [], total = 0 } = said.told ?? {};
      left -= flows.length;
      const last = flows.at(-1);
      if (last !== undefined && total > flows.length) {
        return { asked, nextCursor: encodeCursor([director.name, last.key]) };
      }
    }
    return { asked, nextCursor: null };
  }

  private async total(directors: readonly Director[], filter: Filter): Promise<number> {
    const said = await Promise.all(
      directors.map((director) => this.ask.one(director, { ...filter, limit: 1 }, WITHIN_MS)),
    );
    return said.reduce((sum, { told }) => sum + (told?.total ?? 0), 0);
  }
}

type Filter = Omit<FlowsQuestion, 'limit' | 'after'>;

function filterOf(service: VirtualService, { realServerId, source }: FlowsQuery): Filter {
  if (source !== undefined) requireIpv4(service);
  return {
    kind: 'flows',
    service: service.id,
    ...(realServerId === undefined
      ? {}
      : { server: requireServer(service, realServerId.toLowerCase()).number }),
    ...(source === undefined ? {} : { source: sourceFor(service, source) }),
  };
}

const KEY = /^[0-9a-f]{0,64}$/;

function isCursor(value: unknown): value is readonly [string, string] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [name, key]: unknown[] = value;
  return typeof name === 'string' && name.length <= 63 && typeof key === 'string' && KEY.test(key);
}
