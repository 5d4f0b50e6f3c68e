/**
 * The counters of all services at once, for metrics: one look at each map of servers, and one at each map of flows.
 * It costs in proportion to all services and all flows, so it is made when somebody collects metrics and at no other time.
 * What a service has had is what its servers have had; so that it never seems to go back when a server leaves or begins
 * to count anew, what is told is the sum of what was more than at the last look, server by server.
 */
import type { CommandRunner } from '../../../platform/command-runner.js';
import type { Counted, ServiceInForce, ServiceTotals } from '../forwarding-driver.js';
import { readElements, type Reading } from './element-reader.js';
import { FAMILIES } from '../../../forwarding/layout.js';
import { numberOf } from './kernel-keys.js';

const SECONDS = 3;
const FLOW_MAPS = ['flows', 'pending', 'claims', 'datagrams'];

interface Count {
  readonly packets: number;
  readonly bytes: number;
}

/** Of one server. */
interface Account {
  /** What the kernel counted when last looked. */
  readonly seen: Count;
  /** What was told. */
  readonly told: Count;
}

interface ServiceAccount {
  readonly told: Count;
  /** By number. */
  readonly servers: ReadonlyMap<number, Account>;
}

const NOTHING: Count = { packets: 0, bytes: 0 };

export class TotalsReader {
  private accounts = new Map<number, ServiceAccount>();

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
    const remembered = complete ? flows : null;
    this.accounts = new Map(
      inForce.map(({ body: { number, servers } }) => {
        const numbers = servers.map((server) => server.number);
        return [number, accountOf(this.accounts.get(number), numbers, counted)];
      }),
    );
    return {
      byNumber: new Map(
        [...this.accounts].map(([number, account]) => [number, totalsOf(account, remembered)]),
      ),
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

function accountOf(
  former: ServiceAccount | undefined,
  numbers: readonly number[],
  counted: ReadonlyMap<number, Count>,
): ServiceAccount {
  let told = former?.told ?? NOTHING;
  const servers = new Map<number, Account>();
  for (const number of numbers) {
    const seen = counted.get(number) ?? NOTHING;
    const known = former?.servers.get(number);
    const more = moreThan(known?.seen ?? NOTHING, seen);
    told = sumOf(told, more);
    servers.set(number, { seen, told: sumOf(known?.told ?? NOTHING, more) });
  }
  return { told, servers };
}

/** One that counts less than before has begun anew. */
function moreThan(before: Count, now: Count): Count {
  if (now.packets < before.packets || now.bytes < before.bytes) return now;
  return { packets: now.packets - before.packets, bytes: now.bytes - before.bytes };
}

function sumOf(one: Count, other: Count): Count {
  return { packets: one.packets + other.packets, bytes: one.bytes + other.bytes };
}

/** @param flows of each server; null: they could not all be counted. */
function totalsOf(
  { told, servers }: ServiceAccount,
  flows: ReadonlyMap<number, number> | null,
): Counted & { readonly servers: ReadonlyMap<number, Counted> } {
  const flowsOf = (number: number) => flows?.get(number) ?? 0;
  const all = [...servers.keys()].reduce((sum, number) => sum + flowsOf(number), 0);
  const counted = [...servers].map(([number, server]): [number, Counted] => [
    number,
    { ...server.told, flows: flows && flowsOf(number) },
  ]);
  return { ...told, flows: flows && all, servers: new Map(counted) };
}
