/**
 * The machines of the engine's tests: a client behind a router, a director, two real servers that were set up by hand.
 * Nothing of it is simulated but the machines.
 */
import { createNetwork, type Host, type Network } from './namespaces.js';
import { TrafficPeer } from './traffic.js';
import { untilSo } from './until-so.js';

export const VIP4 = '192.0.2.200';
export const VIP6 = '2001:db8:2::200';
export const DIRECTOR_MAC = '02:00:00:00:00:aa';

export interface DirectorMachines {
  readonly network: Network;
  readonly director: Host;
  readonly servers: readonly [Host, Host];
  readonly client: Host;
  readonly router: Host;
}

export class DirectorHosts {
  readonly network: Network;
  readonly director: Host;
  readonly servers: readonly [Host, Host];
  readonly clientHost: Host;
  /** Its eth0 leads to the client, its eth1 to the others. */
  readonly router: Host;
  readonly client: TrafficPeer;
  readonly peers: readonly [TrafficPeer, TrafficPeer];

  protected constructor({ network, director, servers, client, router }: DirectorMachines) {
    this.network = network;
    this.director = director;
    this.servers = servers;
    this.clientHost = client;
    this.router = router;
    this.client = new TrafficPeer(client);
    this.peers = [new TrafficPeer(servers[0]), new TrafficPeer(servers[1])];
  }

  /** Both servers answer on an address and port, by the names `one` and `two`. */
  async serve(protocol: 'tcp' | 'udp', address: string, port: number): Promise<void> {
    await this.peers[0].serve({ name: 'one', protocol, address, port });
    await this.peers[1].serve({ name: 'two', protocol, address, port });
  }

  /** Duplicate address detection keeps an IPv6 address from being used for a second or two. */
  async vip6Usable(): Promise<void> {
    const usable = async () =>
      !(await this.director.exec(['ip', 'address', 'show', 'tentative'])).includes(VIP6);
    await untilSo(usable, 'the IPv6 VIP to be usable', 5_000);
  }
}

export async function createDirectorMachines(prefix: string): Promise<DirectorMachines> {
  const network = await createNetwork({ prefix });
  const router = await network.addHost({
    name: 'router',
    links: [
      { bridge: 'wan', mac: '02:00:00:00:01:01', addresses: ['198.51.100.1/24', '2001:db8:1::1/64'] },
      { bridge: 'lan', mac: '02:00:00:00:01:02', addresses: ['192.0.2.1/24', '2001:db8:2::1/64'] },
    ],
    forward: true,
  });
  const client = await network.addHost({
    name: 'client',
    links: [
      { bridge: 'wan', mac: '02:00:00:00:02:10', addresses: ['198.51.100.10/24', '2001:db8:1::10/64'] },
    ],
    routes: [
      { to: 'default', via: '198.51.100.1' },
      { to: 'default', via: '2001:db8:1::1' },
    ],
  });
  const director = await addLanHost(network, 'director', '2', DIRECTOR_MAC);
  const one = await addLanHost(network, 'one', '11', '02:00:00:00:00:b1');
  const two = await addLanHost(network, 'two', '12', '02:00:00:00:00:b2');
  for (const server of [one, two]) await holdVipsByHand(server);
  return { network, director, servers: [one, two], client, router };
}

function addLanHost(network: Network, name: string, last: string, mac: string): Promise<Host> {
  return network.addHost({
    name,
    links: [{ bridge: 'lan', mac, addresses: [`192.0.2.${last}/24`, `2001:db8:2::${last}/64`] }],
    routes: [
      { to: 'default', via: '192.0.2.1' },
      { to: 'default', via: '2001:db8:2::1' },
    ],
  });
}

/** What an agent does: silence first, then the VIPs on lo. */
export async function holdVipsByHand(server: Host): Promise<void> {
  for (const key of ['all', 'default']) {
    await server.sysctl(`net.ipv4.conf.${key}.arp_ignore`, 1);
    await server.sysctl(`net.ipv4.conf.${key}.arp_announce`, 2);
  }
  await server.exec(['ip', 'address', 'add', `${VIP4}/32`, 'dev', 'lo']);
  await server.exec(['ip', 'address', 'add', `${VIP6}/128`, 'dev', 'lo', 'nodad']);
}
