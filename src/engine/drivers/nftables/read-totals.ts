/**
 * The counters of all services at once, for metrics: one look at each map of servers, and one at each map of flows.
 * It costs in proportion to all services and all flows, so it is made when somebody collects metrics and at no other time.
 * What a service has had is what its servers have had; so that it never seems to go back when a server leaves or begins
 * to count anew, what is told is the sum of what was more than at the last look.
 */
import type { CommandRunner } from '../../../platform/command-runner.js';
import type { ServiceInForce, ServiceTotals } from '../forwarding-driver.js';
import { readElements, type Reading } from './element-reader.js';
import { FAMILIES } from './layout.js';
import { numberOf } from './kernel-keys.js';

const SECONDS = 3;
const FLOW_MAPS = ['flows', 'pending', 'claims', 'datagrams'];

interface Count {
  readonly packets: number;
  readonly bytes: number;
}

interface Account {
  /** What the kernel counted when last looked. */
  readonly seen: Count;
  /** What was told. */
  readonly told: Count;
}

export class TotalsReader {
  private accounts = new Map<number, Account>();

  constructor(private readonly commands: CommandRunner) {}

  async read(inForce: readonly ServiceInForce[], devices: readonly string[]): Promise<ServiceTotals> {
    const reading = await readElements(this.commands, totalRequests(devices), SECONDS);
    return this.take(inForce, reading);
  }

  /** Forgets what is in force no more. */
  take(inForce: readonly ServiceInForce[], { found, counts, complete }: Reading): ServiceTotals {
    const counted = new Map(
      found.map(({ key, packets, bytes }) => [numberOf(key), { packets: packets ?? 0, bytes: bytes ?? 0 }]),
    );
    const flows = flowsByServer(counts);
    const totals = inForce.map(({ body: { number, servers } }) => {
      const numbers = servers.map((server) => server.number);
      const account = accountOf(this.accounts.get(number), sumOf(numbers, counted));
      const remembered = numbers.reduce((sum, each) => sum + (flows.get(each) ?? 0), 0);
      return { number, account, flows: complete ? remembered : null };
    });
    this.accounts = new Map(totals.map(({ number, account }) => [number, account]));
    return {
      byNumber: new Map(totals.map((each) => [each.number, { ...each.account.told, flows: each.flows }])),
    };
  }
}

/** Servers first: should the time be up, they are there. */
export function totalRequests(devices: readonly string[]): readonly string[] {
  return [
    ...FAMILIES.flatMap((family) => devices.map((device) => `all backends${family}.${device}`)),
    ...FAMILIES.flatMap((family) => FLOW_MAPS.map((map) => `tally ${map}${family}`)),
  ];
}

/** A connection may stand in two maps for a moment. */
function flowsByServer(counts: Reading['counts']): ReadonlyMap<number, number> {
  const flows = new Map<number, number>();
  for (const { what, count } of counts) {
    flows.set(numberOf(what), (flows.get(numberOf(what)) ?? 0) + count);
  }
  return flows;
}

function sumOf(numbers: readonly number[], counted: ReadonlyMap<number, Count>): Count {
  const sum = (read: (count: Count) => number) =>
    numbers.reduce((total, each) => total + read(counted.get(each) ?? { packets: 0, bytes: 0 }), 0);
  return { packets: sum(({ packets }) => packets), bytes: sum(({ bytes }) => bytes) };
}

function accountOf(former: Account | undefined, seen: Count): Account {
  if (former === undefined) return { seen, told: seen };
  const more = (read: (count: Count) => number) =>
    read(former.told) + Math.max(0, read(seen) - read(former.seen));
  return { seen, told: { packets: more(({ packets }) => packets), bytes: more(({ bytes }) => bytes) } };
}
