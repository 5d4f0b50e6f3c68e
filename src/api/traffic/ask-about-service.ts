/** Asks directors about one virtual service. It changes nothing, and costs the directors nothing unless somebody asks. */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { familyOf, type Address } from '../../domain/address.js';
import { Failed, rulesBroken } from '../../domain/failure.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { virtualServiceNotFound } from '../changes/change-virtual-service.js';
import { AskDirectors } from '../delivery/questions/ask-directors.js';
import { readAddress } from '../http/read-address.js';
import { loadVirtualServices } from '../store/load-virtual-services.js';
import type { RouteQuery } from './route.query.js';
import { DirectorRouteView, type RouteView } from './route.view.js';
import { serverIds } from './server-ids.js';

/** A director that lives answers much sooner. */
const ROUTE_WITHIN_MS = 2_000;

@Injectable()
export class AskAboutService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AskDirectors) private readonly directors: AskDirectors,
  ) {}

  async route(id: string, query: RouteQuery): Promise<RouteView> {
    const service = await this.service(id);
    const source = sourceFor(service, query.source);
    const { sourcePort } = query;
    const said = await this.directors.ask(
      { kind: 'route', service: id, source, sourcePort },
      ROUTE_WITHIN_MS,
    );
    const ids = serverIds(service);
    return { source, sourcePort, directors: said.map((each) => DirectorRouteView.of(each, ids)) };
  }

  private async service(id: string): Promise<VirtualService> {
    const [service] = await loadVirtualServices(this.dataSource.manager, [id]);
    if (service === undefined) throw virtualServiceNotFound(id);
    return service;
  }
}

/** Packets from an address of the other family never come to the VIP. */
function sourceFor({ address }: VirtualService, text: string): Address {
  const source = readAddress(text);
  if (familyOf(source) === familyOf(address)) return source;
  throw new Failed(
    rulesBroken([
      {
        kind: 'unprocessable',
        code: 'address-families-differ',
        field: 'source',
        message: `source is of another address family than the VIP ${address}.`,
        hint: 'Name the address that the client reaches the VIP from.',
      },
    ]),
  );
}
