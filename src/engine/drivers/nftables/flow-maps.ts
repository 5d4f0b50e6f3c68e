/** The maps in which the kernel remembers flows of a service, in the order in which a packet's flow is looked for. */
import type { FlowState } from '../../../contract/told.js';
import type { ServiceDocument } from '../../../contract/documents.js';
import type { Family } from '../../../forwarding/layout.js';
import { straightWayOf } from '../../../forwarding/straight-rules.js';

export interface FlowMap {
  readonly state: FlowState;
  readonly map: string;
}

/** None where packets go straight, whatever was remembered before they did. */
export function flowMaps(service: ServiceDocument, family: Family): readonly FlowMap[] {
  if (straightWayOf(service) !== undefined) return [];
  if (service.protocol === 'udp') return [{ state: 'datagrams', map: `datagrams${family}` }];
  return [
    { state: 'established', map: `flows${family}` },
    { state: 'pending', map: `pending${family}` },
    { state: 'claimed', map: `claims${family}` },
  ];
}
