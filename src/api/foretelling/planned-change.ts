import type { DocumentBody } from '../../contract/documents.js';
import type { VirtualService } from '../../domain/virtual-service.js';

/** A change that nobody makes, as far as nodes are concerned. */
export interface PlannedChange {
  readonly services: readonly PlannedService[];
  /** All that would be told anew. */
  readonly documents: readonly ToldAnew[];
}

export interface PlannedService {
  readonly before: VirtualService | null;
  readonly after: VirtualService | null;
}

/** `scope` tells whose it is: all directors', or the node's with this id. */
export interface ToldAnew {
  readonly scope: string;
  readonly key: string;
  readonly before: DocumentBody | null;
  readonly after: DocumentBody | null;
}

export function idOf({ before, after }: PlannedService): string {
  return (after ?? before)?.id ?? '';
}
