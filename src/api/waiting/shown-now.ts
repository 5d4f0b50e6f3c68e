/** Reads once more what a write has answered with, as it is after a wait. */
import { Inject, Injectable } from '@nestjs/common';
import { ApiLogger } from '../http/api-logger.js';
import { ReadRealServers } from '../real-servers/read-real-servers.js';
import { ReadVirtualServices } from '../virtual-services/read-virtual-services.js';
import { VirtualServiceView } from '../virtual-services/virtual-service.view.js';
import type { Shown } from './waitable.js';

export interface Places {
  readonly serviceId: string;
  readonly serverId: string;
}

interface Shows {
  readonly id: string;
}

/** What bulk requests answer with. */
interface BulkAnswer {
  readonly created: readonly Shows[];
  readonly patched: readonly Shows[];
}

@Injectable()
export class ShownNow {
  constructor(
    @Inject(ReadVirtualServices) private readonly services: ReadVirtualServices,
    @Inject(ReadRealServers) private readonly servers: ReadRealServers,
    @Inject(ApiLogger) private readonly logger: ApiLogger,
  ) {}

  /** As it was, where it cannot be told, for somebody has deleted it meanwhile. */
  async read(shown: Shown, places: Places, body: object): Promise<object> {
    try {
      return await this.now(shown, places, body);
    } catch (error) {
      this.logger.log.info({ err: error }, 'what was written could not be read after the wait');
      return body;
    }
  }

  private async now(shown: Shown, { serviceId, serverId }: Places, body: object): Promise<object> {
    switch (shown) {
      case 'virtual-service':
        return VirtualServiceView.of(await this.services.one(serviceId));
      case 'real-server':
        return this.servers.one(serviceId, serverId);
      case 'real-servers':
        return this.servers.all(serviceId);
      case 'real-servers-in-bulk': {
        const { revision, items } = await this.servers.all(serviceId);
        return { ...shownAs(body, new Map(items.map((each) => [each.id, each]))), revision };
      }
      case 'virtual-services-in-bulk': {
        const found = await this.services.several(idsIn(body as BulkAnswer));
        return shownAs(body, new Map([...found].map(([id, each]) => [id, VirtualServiceView.of(each)])));
      }
      default:
        return body;
    }
  }
}

function idsIn({ created, patched }: BulkAnswer): string[] {
  return [...created, ...patched].map(({ id }) => id);
}

/** What is gone by now is shown as it was. */
function shownAs(body: object, now: ReadonlyMap<string, object>): object {
  const { created, patched } = body as BulkAnswer;
  const shown = (list: readonly Shows[]) => list.map((each) => now.get(each.id) ?? each);
  return { ...body, created: shown(created), patched: shown(patched) };
}
