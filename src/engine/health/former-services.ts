/** What services were watched by before they got another document, which may yet be refused. */
import type { Document } from '../../contract/documents.js';
import type { ServiceInForce } from '../drivers/forwarding-driver.js';
import type { WatchedService } from './watched-service.js';

type FormerService = Pick<WatchedService, 'document' | 'standing'>;

export class FormerServices {
  private former = new Map<string, FormerService>();

  note({ document, standing }: WatchedService, next: Document): void {
    if (document.version !== next.version) this.former.set(document.key, { document, standing });
  }

  /** Those that are in force still. It is settled with this: nothing is remembered any more. */
  takeRefused(inForce: ReadonlyMap<string, ServiceInForce>): readonly FormerService[] {
    const former = [...this.former.values()];
    this.former = new Map();
    return former.filter(({ document: { key, version } }) => inForce.get(key)?.version === version);
  }
}
