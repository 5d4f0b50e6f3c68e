/** Which real server each slot of a service is for, by its number; empty where none takes new flows. Pure. */
import type { ServerEntry, ServiceDocument } from '../contract/documents.js';
import { slotTable } from './slot-table.js';
import { turnTable } from './turn-table.js';

export function slotsOf(
  { scheduler, slots }: Pick<ServiceDocument, 'scheduler' | 'slots'>,
  servers: readonly ServerEntry[],
  seed: number,
): readonly number[] {
  return scheduler === 'round-robin' ? turnTable(servers, slots) : slotTable(servers, slots, seed);
}
