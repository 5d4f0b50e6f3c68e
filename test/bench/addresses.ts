/**
 * Who is where in the network of the bench, in ranges reserved for benchmarks (RFC 2544) and documentation (RFC 5737).
 *
 *     source ── lan ──┬── director ── management ──┬── control (API)
 *                     ├── single                   └── the bench itself, with the fake fleet and the bare table
 *                     └── servers (one machine with the addresses of all hosts)
 */
import type { HostOptions } from '../support/namespaces.js';

export const API_PORT = 3000;
export const API_ADDRESS = '203.0.113.5';
/** The bench's own, in the management network. */
export const BENCH_ADDRESS = '203.0.113.2/24';

export const SERVERS_PER_SERVICE = 10;
export const SERVICE_PORT = 80;
export const DIRECTOR_ADDRESS = '198.19.0.10';
export const DIRECTOR_MAC = '02:00:5e:01:00:0a';
export const SINGLE_MAC = '02:00:5e:01:00:0b';
/** All VIPs lie in here. */
export const VIP_RANGE = '198.18.0.0/16';

const HOSTS = 100;
const LAN = 'lan';
const MANAGEMENT = 'management';

/** Addresses of the hosts that the fleet stands for. */
export const HOST_ADDRESSES: readonly string[] = Array.from(
  { length: HOSTS },
  (_, index) => `198.19.1.${index + 1}`,
);

/** The VIP of the service with this index, from 0. */
export function vipOf(index: number): string {
  const number = index + 1;
  return `198.18.${number >> 8}.${number & 0xff}`;
}

/** Ten different hosts; neighbouring services share some of them. */
export function hostsOf(index: number): readonly string[] {
  return Array.from(
    { length: SERVERS_PER_SERVICE },
    (_, server) => HOST_ADDRESSES[(index * 3 + server * 7) % HOSTS] ?? '',
  );
}

export const CONTROL_HOST: HostOptions = {
  name: 'control',
  links: [{ bridge: MANAGEMENT, mac: '02:00:5e:01:01:05', addresses: [`${API_ADDRESS}/24`] }],
};

export const DIRECTOR_HOST: HostOptions = {
  name: 'director',
  links: [
    { bridge: LAN, mac: DIRECTOR_MAC, addresses: [`${DIRECTOR_ADDRESS}/16`] },
    { bridge: MANAGEMENT, mac: '02:00:5e:01:01:0a', addresses: ['203.0.113.10/24'] },
  ],
};

/** Forwards like the director, with a table of one service. */
export const SINGLE_HOST: HostOptions = {
  name: 'single',
  links: [{ bridge: LAN, mac: SINGLE_MAC, addresses: ['198.19.0.11/16'] }],
};

export const SERVERS_HOST: HostOptions = {
  name: 'servers',
  links: [
    {
      bridge: LAN,
      mac: '02:00:5e:01:00:64',
      addresses: HOST_ADDRESSES.map((address) => `${address}/16`),
    },
  ],
};

export const SOURCE_HOST: HostOptions = {
  name: 'source',
  links: [{ bridge: LAN, mac: '02:00:5e:01:00:14', addresses: ['198.19.0.20/16'] }],
};
