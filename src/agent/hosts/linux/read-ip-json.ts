/** Makes a host's interfaces and gateways from what `ip -json` prints. Pure; anything unexpected is an error. */
import { isCanonicalAddress } from '../../../contract/canonical-address.js';
import { decodeText, strictDecoder, type Decoder } from '../../../contract/strict-decoder.js';
import type { HostInterface } from '../../plan/host-view.js';

interface IpInterface {
  readonly ifname: string;
  readonly link_type: string;
  readonly address?: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly addr_info: readonly { readonly local?: string; readonly prefixlen?: number }[];
}

interface IpRoute {
  readonly gateway?: string;
  readonly nexthops?: readonly { readonly gateway?: string }[];
}

const STRING = { type: 'string' };
const decodeInterfaces = strictDecoder<IpInterface[]>({
  type: 'array',
  items: {
    type: 'object',
    required: ['ifname', 'link_type', 'flags', 'mtu', 'addr_info'],
    properties: {
      ifname: STRING,
      link_type: STRING,
      address: STRING,
      flags: { type: 'array', items: STRING },
      mtu: { type: 'integer' },
      addr_info: {
        type: 'array',
        items: { type: 'object', properties: { local: STRING, prefixlen: { type: 'integer' } } },
      },
    },
  },
});
const NEXT_HOP = { type: 'object', properties: { gateway: STRING } };
const decodeRoutes = strictDecoder<IpRoute[]>({
  type: 'array',
  items: { type: 'object', properties: { gateway: STRING, nexthops: { type: 'array', items: NEXT_HOP } } },
});

export function readInterfaces(json: string): HostInterface[] {
  return decoded('ip address show', decodeInterfaces, json).map((entry) => ({
    name: entry.ifname,
    loopback: entry.ifname === 'lo',
    mac: entry.link_type === 'ether' && entry.address !== undefined ? entry.address.toLowerCase() : null,
    up: entry.flags.includes('LOWER_UP'),
    mtu: entry.mtu,
    addresses: entry.addr_info.flatMap(({ local, prefixlen }) =>
      local === undefined || prefixlen === undefined || !isCanonicalAddress(local)
        ? []
        : [{ address: local, prefixLength: prefixlen }],
    ),
  }));
}

/** `json`: what `ip -json route show default` printed, for one family or several. */
export function readGateways(...json: readonly string[]): string[] {
  const routes = json.flatMap((text) => decoded('ip route show', decodeRoutes, text));
  const hops = routes.flatMap((route) => [route, ...(route.nexthops ?? [])]);
  const gateways = hops.flatMap(({ gateway }) => (gateway === undefined ? [] : [gateway]));
  return [...new Set(gateways)].filter(isCanonicalAddress).sort();
}

/** `ip` prints nothing at all where it finds nothing. */
function decoded<T>(command: string, decode: Decoder<T[]>, json: string): T[] {
  if (json.trim() === '') return [];
  const result = decodeText(decode, json);
  if (!result.ok) throw new Error(`what \`${command}\` printed is not understood: ${result.problem}`);
  return result.value;
}
