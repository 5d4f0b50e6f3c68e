/** The maps in which the kernel remembers flows, in the order in which a packet's flow is looked for. */
import type { FlowState } from '../../../contract/told.js';
import type { ServiceDocument } from '../../../contract/documents.js';
import type { Family } from './layout.js';

export interface FlowMap {
  readonly state: FlowState;
  readonly map: string;
}

export function flowMaps({ protocol }: ServiceDocument, family: Family): readonly FlowMap[] {
  if (protocol === 'udp') return [{ state: 'datagrams', map: `datagrams${family}` }];
  return [
    { state: 'established', map: `flows${family}` },
    { state: 'pending', map: `pending${family}` },
    { state: 'claimed', map: `claims${family}` },
  ];
}
