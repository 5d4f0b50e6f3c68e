import type { EntityManager } from 'typeorm';
import type { VirtualService } from '../../domain/virtual-service.js';
import { virtualServiceNotFound } from '../changes/change-virtual-service.js';
import { loadVirtualServices } from '../store/load-virtual-services.js';

export async function loadService(manager: EntityManager, id: string): Promise<VirtualService> {
  const [service] = await loadVirtualServices(manager, [id]);
  if (service === undefined) throw virtualServiceNotFound(id);
  return service;
}
