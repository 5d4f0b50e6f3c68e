/**
 * The counters of all services at once, for metrics: one look at each map of services, and one at each map of flows.
 * It costs in proportion to all services and all flows, so it is made when somebody collects metrics and at no other time.
 */
import type { CommandRunner } from '../../../platform/command-runner.js';
import type { ServiceTotals } from '../forwarding-driver.js';
import { readElements, type Reading } from './element-reader.js';
import { FAMILIES } from './layout.js';
import { numberOf } from './kernel-keys.js';

const SECONDS = 3;
const SERVICE_MAPS = ['services', 'ranges'];
const FLOW_MAPS = ['flows', 'pending', 'claims', 'datagrams'];

export async function readTotals(commands: CommandRunner): Promise<ServiceTotals> {
  return totalsOf(await readElements(commands, TOTAL_REQUESTS, SECONDS));
}

/** Every service that stands in the table. */
export const SERVICE_REQUESTS: readonly string[] = FAMILIES.flatMap((family) =>
  SERVICE_MAPS.map((map) => `all ${map}${family}`),
);

/** Services first: should the time be up, they are there. */
export const TOTAL_REQUESTS: readonly string[] = [
  ...SERVICE_REQUESTS,
  ...FAMILIES.flatMap((family) => FLOW_MAPS.map((map) => `tally ${map}${family}`)),
];

/** Pure. */
export function totalsOf({ found, counts, complete }: Reading): ServiceTotals {
  const flows = new Map<number, number>();
  for (const { what, count } of counts) {
    flows.set(numberOf(what), (flows.get(numberOf(what)) ?? 0) + count);
  }
  return {
    byNumber: new Map(
      found.map(({ value, packets, bytes }) => [
        numberOf(value),
        {
          packets: packets ?? 0,
          bytes: bytes ?? 0,
          flows: complete ? (flows.get(numberOf(value)) ?? 0) : null,
        },
      ]),
    ),
  };
}
