/** Asks directors about one virtual service. It changes nothing, and costs the directors nothing unless somebody asks. */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AskDirectors } from '../delivery/questions/ask-directors.js';
import { portFor, sourceFor } from './flow-source.js';
import { loadService } from './load-service.js';
import { ownersOfCards } from './owners-of-cards.js';
import { DirectorProbeView, type ProbeView } from './probe.view.js';
import type { RouteQuery } from './route.query.js';
import { DirectorRouteView, type RouteView } from './route.view.js';
import { serverIds } from './server-ids.js';
import { StatsView } from './stats.view.js';

/** A director that lives answers much sooner. */
const ROUTE_WITHIN_MS = 2_000;
/** A director listens for half a second. */
const PROBE_WITHIN_MS = 3_000;
/** A rate takes a second where nobody has asked lately, and counting very many flows two. */
const STATS_WITHIN_MS = 5_000;

@Injectable()
export class AskAboutService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AskDirectors) private readonly directors: AskDirectors,
  ) {}

  async stats(id: string): Promise<StatsView> {
    const service = await loadService(this.dataSource.manager, id);
    return StatsView.of(service, await this.directors.ask({ kind: 'stats', service: id }, STATS_WITHIN_MS));
  }

  async probe(id: string): Promise<ProbeView> {
    const { manager } = this.dataSource;
    const { address } = await loadService(manager, id);
    const said = await this.directors.ask({ kind: 'owners', service: id }, PROBE_WITHIN_MS);
    const macs = said.flatMap(({ told }) => (told?.answers ?? []).map(({ mac }) => mac));
    const cards = await ownersOfCards(manager, macs);
    return { address, directors: said.map((each) => DirectorProbeView.of(each, cards)) };
  }

  async route(id: string, query: RouteQuery): Promise<RouteView> {
    const service = await loadService(this.dataSource.manager, id);
    const source = sourceFor(service, query.source);
    const { sourcePort } = query;
    const said = await this.directors.ask(
      { kind: 'route', service: id, source, sourcePort, ...portFor(service, query.port) },
      ROUTE_WITHIN_MS,
    );
    const ids = serverIds(service);
    return { source, sourcePort, directors: said.map((each) => DirectorRouteView.of(each, ids)) };
  }
}
