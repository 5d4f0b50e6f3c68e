/** A packet belongs to one virtual service. The database holds the same by an exclusion constraint. */
import { portsOf, type VirtualService } from '../virtual-service.js';
import type { Rule } from './rule.js';
import type { NeighbouringService } from './surroundings.js';

export const virtualServiceOverlaps: Rule = ({ after, surroundings }) =>
  surroundings.sameAddress
    .filter((other) => other.id !== after.id && overlap(after, other))
    .map((other) => ({
      kind: 'conflict',
      code: 'virtual-service-overlaps',
      field: '/port',
      message: `${nameOf(other)} has ${after.address} ${after.protocol} ${portsText(other)} already.`,
      hint: 'Use other ports or another address, or change that virtual service.',
    }));

function overlap(a: Pick<VirtualService, 'port' | 'endPort'>, b: NeighbouringService): boolean {
  return portsOf(a).first <= portsOf(b).last && portsOf(b).first <= portsOf(a).last;
}

function nameOf(other: NeighbouringService): string {
  return `The virtual service ${other.id}${other.name === '' ? '' : ` (${other.name})`}`;
}

function portsText(other: NeighbouringService): string {
  return other.endPort === null ? `port ${other.port}` : `ports ${other.port} to ${other.endPort}`;
}
