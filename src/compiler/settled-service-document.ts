/**
 * What the directors shall forward for a service once every host has proven itself and every drain has ended: what a
 * change comes to in the end, by itself.
 */
import type { ServiceDocument } from '../contract/documents.js';
import type { VirtualService } from '../domain/virtual-service.js';
import { serviceDocument } from './service-document.js';

export function settledServiceDocument(service: VirtualService): ServiceDocument | null {
  const all = new Set(service.realServers.map(({ number }) => number));
  return serviceDocument(service, all, []);
}
