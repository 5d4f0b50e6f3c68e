import { ApiProperty } from '@nestjs/swagger';
import type { PlannedObjects } from '../changes/planned-objects.js';
import type { AuditEntry } from '../changes/record-revision.js';

class PlannedCountsView {
  @ApiProperty({ type: 'integer', example: 2 })
  created: number;

  @ApiProperty({ type: 'integer', example: 1 })
  updated: number;

  @ApiProperty({ type: 'integer', example: 0 })
  deleted: number;

  static of(entries: readonly AuditEntry[], type: AuditEntry['objectType']): PlannedCountsView {
    const of = (done: AuditEntry['action']) =>
      entries.filter(({ objectType, action }) => objectType === type && action === done).length;
    return { created: of('create'), updated: of('update'), deleted: of('delete') };
  }
}

/** How much a plan is about: all of it, whatever its lists leave out. */
export class PlanTotalsView {
  @ApiProperty({ type: () => PlannedCountsView })
  virtualServices: PlannedCountsView;

  @ApiProperty({ type: () => PlannedCountsView })
  realServers: PlannedCountsView;

  @ApiProperty({ type: () => PlannedCountsView })
  nodes: PlannedCountsView;

  @ApiProperty({ type: 'integer', description: 'That would be told anew.' })
  documents: number;

  static of({ entries, documents }: PlannedObjects): PlanTotalsView {
    return {
      virtualServices: PlannedCountsView.of(entries, 'virtual-service'),
      realServers: PlannedCountsView.of(entries, 'real-server'),
      nodes: PlannedCountsView.of(entries, 'node'),
      documents: documents.length,
    };
  }
}
