/** The very text that brings services into a kernel: made by the engine's own functions, loaded here without an engine. */
import type { ServiceDocument } from '../../src/contract/documents.js';
import { elementDifference } from '../../src/forwarding/element-difference.js';
import { rulesetText } from '../../src/forwarding/ruleset-text.js';
import { serviceElements } from '../../src/forwarding/service-elements.js';
import { chainsNeeded } from '../../src/forwarding/steering.js';
import { transactionText } from '../../src/forwarding/transaction-text.js';
import type { Ground } from '../../src/forwarding/ground.js';
import { Segments } from '../../src/forwarding/segments.js';
import { DIRECTOR_ADDRESS } from './addresses.js';

const DEVICE = 'eth0';

/** A host with one interface on the lan. */
export function benchGround(seed: number): Ground {
  const addresses = [{ address: DIRECTOR_ADDRESS, prefixLength: 16, ours: false }];
  const lan = { name: DEVICE, mac: '', up: true, mtu: 1500, loopback: false, addresses };
  return { seed, devices: [DEVICE], segments: new Segments([lan]) };
}

/** Rules and elements of a whole table of IPv4 services, in pieces. */
export function* tableText(services: Iterable<ServiceDocument>, ground: Ground): Iterable<string> {
  // Gone through twice, and some iterables can be gone through only once.
  const all = [...services];
  const onDemand = new Set(all.flatMap((service) => chainsNeeded(service)));
  yield rulesetText({ ...ground, onDemand });
  for (const service of all) {
    yield transactionText([{ deleted: [], added: serviceElements(service, ground) }]);
  }
}

/** The one transaction from one state of a service to another; null: not there. */
export function changeText(
  before: ServiceDocument | null,
  after: ServiceDocument | null,
  ground: Ground,
): string {
  const elements = (service: ServiceDocument | null) =>
    service === null ? [] : serviceElements(service, ground);
  return transactionText([elementDifference(elements(before), elements(after))]);
}

/** How many elements a service has in each map. */
export function countElements(services: Iterable<ServiceDocument>, ground: Ground): Map<string, number> {
  const counts = new Map<string, number>();
  for (const service of services) {
    for (const { map } of serviceElements(service, ground)) counts.set(map, (counts.get(map) ?? 0) + 1);
  }
  return counts;
}
