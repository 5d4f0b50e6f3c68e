/**
 * The network of the lab: who is where, in documentation ranges (RFC 5737, RFC 3849) and locally administered
 * Ethernet addresses. Clients reach the VIP through a router; the nodes talk to the API over a network of their own,
 * so that the director's eth0 carries nothing but the service.
 *
 *     client ── wan ── router ── lan ──┬── director ──┬── management ── control (API)
 *                                      ├── one ───────┤
 *                                      └── two ───────┘
 */
import {
  createNetwork,
  type Host,
  type HostLink,
  type HostOptions,
  type Network,
} from '../support/namespaces.js';

/** The host part of an address on an extra NIC lies this far above that of the machine. */
const EXTRA_OFFSET = 20;
const CLIENT = { ipv4: '198.51.100.10', ipv6: '2001:db8:1::10' };
const ROUTER = { ipv4: '192.0.2.1', ipv6: '2001:db8::1' };
export const VIP = { ipv4: '192.0.2.200', ipv6: '2001:db8::200' };
/** Of a virtual service that is made and deleted over and over in a run with `--endure`. */
export const RESTLESS_VIP = '192.0.2.201';
export const SERVICE_PORT = 80;
export const CONTROL = { address: '203.0.113.5', port: 3000 };

export interface Machine {
  readonly name: string;
  readonly ipv4: string;
  readonly ipv6: string;
  /** Of eth0, on the lan. */
  readonly mac: string;
  /** Of eth1, in the management network. */
  readonly management: { readonly ipv4: string; readonly mac: string };
}

export const DIRECTOR = machine('director', 10, 'aa');
export const REAL_SERVERS = [machine('one', 11, 'bb'), machine('two', 12, 'bc')] as const;

export interface Lab {
  readonly network: Network;
  readonly client: Host;
  readonly router: Host;
  readonly director: Host;
  readonly control: Host;
  /** By the name of the machine. */
  readonly realServers: ReadonlyMap<string, Host>;
}

/** Interface of the router that is on the lan. */
export const ROUTER_LAN = 'eth1';
/** Interface of a director or real server that is on the lan; also the client's. */
export const LAN = 'eth0';

/** The switch of the lan, for who listens to all of it. */
export function tapLan({ network }: Lab): Promise<Host> {
  return network.tap('lan');
}

/** One NIC more for a machine, on the lan. */
export function extraLink(node: Machine): HostLink {
  const last = Number(node.ipv4.split('.').at(-1)) + EXTRA_OFFSET;
  return {
    bridge: 'lan',
    mac: node.mac.replace(':00:00:', ':00:02:'),
    addresses: [`192.0.2.${last}/24`, `2001:db8::${last}/64`],
  };
}

export async function buildLab(): Promise<Lab> {
  const network = await createNetwork({ prefix: 'lab' });
  const router = await network.addHost(ROUTER_HOST);
  const client = await network.addHost(CLIENT_HOST);
  const control = await network.addHost(CONTROL_HOST);
  const director = await network.addHost(nodeHost(DIRECTOR));
  const realServers = new Map<string, Host>();
  for (const server of REAL_SERVERS) realServers.set(server.name, await network.addHost(nodeHost(server)));
  return { network, client, router, director, control, realServers };
}

/** The machine that an Ethernet address on the lan belongs to, for people. */
export function ownerOf(mac: string): string {
  if (mac === ROUTER_MAC) return 'router';
  const owner = [DIRECTOR, ...REAL_SERVERS].find((each) => each.mac === mac || extraLink(each).mac === mac);
  return owner?.name ?? 'unknown';
}

const ROUTER_MAC = '02:00:5e:00:00:01';

const ROUTER_HOST: HostOptions = {
  name: 'router',
  links: [
    { bridge: 'wan', mac: '02:00:5e:00:02:01', addresses: ['198.51.100.1/24', '2001:db8:1::1/64'] },
    { bridge: 'lan', mac: ROUTER_MAC, addresses: [`${ROUTER.ipv4}/24`, `${ROUTER.ipv6}/64`] },
  ],
  forward: true,
};

const CLIENT_HOST: HostOptions = {
  name: 'client',
  links: [{ bridge: 'wan', mac: '02:00:5e:00:02:10', addresses: [`${CLIENT.ipv4}/24`, `${CLIENT.ipv6}/64`] }],
  routes: [
    { to: 'default', via: '198.51.100.1' },
    { to: 'default', via: '2001:db8:1::1' },
  ],
};

const CONTROL_HOST: HostOptions = {
  name: 'control',
  links: [{ bridge: 'management', mac: '02:00:5e:00:01:05', addresses: [`${CONTROL.address}/24`] }],
};

export function nodeHost(node: Machine): HostOptions {
  return {
    name: node.name,
    links: [
      { bridge: 'lan', mac: node.mac, addresses: [`${node.ipv4}/24`, `${node.ipv6}/64`] },
      {
        bridge: 'management',
        mac: node.management.mac,
        addresses: [`${node.management.ipv4}/24`],
      },
    ],
    routes: [
      { to: 'default', via: ROUTER.ipv4 },
      { to: 'default', via: ROUTER.ipv6 },
    ],
  };
}

function machine(name: string, host: number, lastByte: string): Machine {
  return {
    name,
    ipv4: `192.0.2.${host}`,
    ipv6: `2001:db8::${host}`,
    mac: `02:00:5e:00:00:${lastByte}`,
    management: { ipv4: `203.0.113.${host}`, mac: `02:00:5e:00:01:${lastByte}` },
  };
}
