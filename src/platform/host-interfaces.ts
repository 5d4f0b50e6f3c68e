/**
 * The host's network interfaces and default routes as `ip -json` tells them: the one reader for every role.
 * It judges nothing; anything that is not as expected is an error, for a wrong guess would end in the kernel.
 */
import { Ajv, type SchemaObject, type ValidateFunction } from 'ajv';
import type { CommandRunner } from './command-runner.js';

export interface HostAddress {
  /** As the kernel spells it, without prefix length. */
  readonly address: string;
  readonly prefixLength: number;
  /** What was given to `ip address add ... metric`; the kernel keeps it with the address. */
  readonly metric?: number;
}

export interface HostInterface {
  readonly name: string;
  /** The kernel's number; an interface that is made anew under its old name has another. */
  readonly index: number;
  readonly loopback: boolean;
  /** Null for an interface that is no Ethernet, such as a tunnel. */
  readonly mac: string | null;
  readonly up: boolean;
  readonly mtu: number;
  readonly addresses: readonly HostAddress[];
}

export interface DefaultRoutes {
  /** Next hops of both families, without repetition. */
  readonly gateways: readonly string[];
  readonly devices: readonly string[];
}

export async function readInterfaces(commands: CommandRunner): Promise<readonly HostInterface[]> {
  return interfacesFrom(await commands.run(['ip', '-json', 'address', 'show']));
}

export async function readDefaultRoutes(commands: CommandRunner): Promise<DefaultRoutes> {
  const listed = await Promise.all([
    commands.run(['ip', '-json', '-4', 'route', 'show', 'default']),
    commands.run(['ip', '-json', '-6', 'route', 'show', 'default']),
  ]);
  return defaultRoutesFrom(...listed);
}

interface ListedInterface {
  readonly ifname: string;
  readonly ifindex: number;
  readonly link_type: string;
  readonly address?: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly addr_info: readonly {
    readonly local?: string;
    readonly prefixlen?: number;
    readonly metric?: number;
  }[];
}

interface ListedHop {
  readonly gateway?: string;
  readonly dev?: string;
}

interface ListedRoute extends ListedHop {
  readonly nexthops?: readonly ListedHop[];
}

const TEXT = { type: 'string' };
const WHOLE = { type: 'integer' };
const HOP = { gateway: TEXT, dev: TEXT };

const LISTED_INTERFACE = {
  type: 'object',
  required: ['ifname', 'ifindex', 'link_type', 'flags', 'mtu', 'addr_info'],
  properties: {
    ifname: TEXT,
    ifindex: WHOLE,
    link_type: TEXT,
    address: TEXT,
    flags: { type: 'array', items: TEXT },
    mtu: WHOLE,
    addr_info: {
      type: 'array',
      items: { type: 'object', properties: { local: TEXT, prefixlen: WHOLE, metric: WHOLE } },
    },
  },
};
const LISTED_ROUTE = {
  type: 'object',
  properties: { ...HOP, nexthops: { type: 'array', items: { type: 'object', properties: HOP } } },
};

const ajv = new Ajv({ strict: true });
const listOf = (items: SchemaObject): SchemaObject => ({ type: 'array', items });
const decodeInterfaces = decoder('ip address show', ajv.compile<ListedInterface[]>(listOf(LISTED_INTERFACE)));
const decodeRoutes = decoder('ip route show', ajv.compile<ListedRoute[]>(listOf(LISTED_ROUTE)));

/** From what `ip -json address show` printed. */
export function interfacesFrom(json: string): readonly HostInterface[] {
  return decodeInterfaces(json).map((listed) => ({
    name: listed.ifname,
    index: listed.ifindex,
    loopback: listed.flags.includes('LOOPBACK'),
    mac: listed.link_type === 'ether' ? (listed.address?.toLowerCase() ?? null) : null,
    up: listed.flags.includes('UP') && listed.flags.includes('LOWER_UP'),
    mtu: listed.mtu,
    addresses: listed.addr_info.flatMap(({ local, prefixlen, metric }) =>
      local === undefined || prefixlen === undefined
        ? []
        : [{ address: local, prefixLength: prefixlen, ...(metric === undefined ? {} : { metric }) }],
    ),
  }));
}

/** From what `ip -json route show default` printed, for one family or several. */
export function defaultRoutesFrom(...json: readonly string[]): DefaultRoutes {
  const hops = json
    .flatMap((text) => decodeRoutes(text))
    .flatMap((route): readonly ListedHop[] => [route, ...(route.nexthops ?? [])]);
  return { gateways: named(hops.map(({ gateway }) => gateway)), devices: named(hops.map(({ dev }) => dev)) };
}

function named(texts: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(texts.filter((text) => text !== undefined))].sort();
}

function decoder<T>(
  command: string,
  validate: ValidateFunction<readonly T[]>,
): (json: string) => readonly T[] {
  return (json) => {
    const listed = parsed(json);
    if (validate(listed)) return listed;
    const [error] = validate.errors ?? [];
    const problem = `${error?.instancePath ?? ''} ${error?.message ?? ''}`.trim();
    throw new Error(`what \`${command}\` printed is not understood: ${problem}`);
  };
}

/** `ip` prints nothing at all where it finds nothing. */
function parsed(json: string): unknown {
  if (json.trim() === '') return [];
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
