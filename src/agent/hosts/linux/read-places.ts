/**
 * Where an address is, from what `ip -json address show to <address>` prints: interfaces with little said about them,
 * and an empty object for whatever is left out. Pure; anything unexpected is an error.
 */
import { decodeText, strictDecoder } from '../../../contract/strict-decoder.js';
import type { HostInterface } from '../../../setup/host-plan/seen-host.js';

interface ListedInterface {
  readonly ifname?: string;
  readonly flags?: readonly string[];
  readonly mtu?: number;
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[];
}

const TEXT = { type: 'string' };
const decodePlaces = strictDecoder<ListedInterface[]>({
  type: 'array',
  items: {
    type: 'object',
    properties: {
      ifname: TEXT,
      flags: { type: 'array', items: TEXT },
      mtu: { type: 'integer' },
      addr_info: {
        type: 'array',
        items: { type: 'object', properties: { local: TEXT, prefixlen: { type: 'integer' } } },
      },
    },
  },
});

/** The interfaces that have the address; of them only what matters for the place. */
export function readPlaces(json: string): HostInterface[] {
  // `ip` prints nothing at all where it finds nothing.
  const decoded = decodeText(decodePlaces, json.trim() === '' ? '[]' : json);
  if (!decoded.ok)
    throw new Error(`what \`ip address show to\` printed is not understood: ${decoded.problem}`);
  return decoded.value.flatMap(({ ifname, flags = [], mtu = 0, addr_info = [] }) => {
    const addresses = addr_info.flatMap(({ local, prefixlen }) =>
      local === undefined || prefixlen === undefined ? [] : [{ address: local, prefixLength: prefixlen }],
    );
    if (ifname === undefined || addresses.length === 0) return [];
    const loopback = flags.includes('LOOPBACK');
    return [{ name: ifname, loopback, mac: null, up: flags.includes('UP'), mtu, addresses }];
  });
}
