/**
 * ICMP errors about an answer from a VIP: a router that had to drop it tells the VIP, and so the director. They go to
 * the server that has the flow, for it alone can send smaller packets or end the connection. Like replies, they are
 * steered by the packet inside; a quote that does not show its ports, and one of no service here, is left to the host.
 * They never make or renew an entry of a flow, for anybody can send them.
 */
import type { Chain } from './chain.js';
import { connectionKey, conversationKey, PUT_VIP_BACK, QUOTED_SERVICE, TURN_PORTS } from './flow-keys.js';
import type { Family } from './layout.js';

/** Behind all services in the entry chain, where no packet of a service gets. */
export const ERROR_RULES: readonly string[] = [
  'icmp type { destination-unreachable, time-exceeded, parameter-problem } goto error4',
  'icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem } goto error6',
];

/** An IPv4 header of 20 octets, of a packet or its first fragment. IPv6 shows either by its next header. */
const READABLE: Readonly<Record<Family, readonly string[]>> = {
  4: ['@th,64,8 != 0x45 return', '@th,112,16 & 0x1fff != 0 return'],
  6: [],
};

export interface ErrorOptions {
  readonly family: Family;
  readonly seed: number;
  readonly toSlot: string;
}

const IS_ABOUT_TCP: Readonly<Record<Family, string>> = { 4: '@th,136,8 6', 6: '@th,112,8 6' };

export function errorChains({ family, seed, toSlot }: ErrorOptions): readonly Chain[] {
  return [
    {
      name: `error${family}`,
      rules: [
        ...READABLE[family],
        ...['quoted', 'quotedranges'].map(
          (map) => `meta priority set ${QUOTED_SERVICE[family]} map @${map}${family} goto return${family}`,
        ),
      ],
    },
    { name: `connection${family}`, rules: connectionRules(family, seed) },
    {
      name: `return${family}`,
      rules: [
        'meta mark set 0',
        `${IS_ABOUT_TCP[family]} jump connection${family}`,
        `meta mark != 0 goto deliver${family}`,
        `meta mark set ${conversationKey('quoted', family, seed)} map @datagrams${family} goto deliver${family}`,
        toSlot,
        `goto deliver${family}`,
      ],
    },
  ];
}

/** The server of the connection that is quoted, if any, goes to `meta mark`. */
function connectionRules(family: Family, seed: number): readonly string[] {
  const key = connectionKey('quoted', family, seed);
  const lookups = ['flows', 'pending', 'claims'].map(
    (map) => `meta mark 0 meta mark set ${key} map @${map}${family}`,
  );
  return family === 4 ? [...TURN_PORTS, ...lookups, PUT_VIP_BACK] : lookups;
}
