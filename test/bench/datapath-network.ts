/**
 * The hosts that forward, each in its own way, between one source and one machine with the addresses of all servers: a
 * router, directors with the very tables that the engine makes, and directors of nftlb. Nothing but rules is left in
 * them when packets are counted.
 */
import type { ServiceDocument } from '../../src/contract/documents.js';
import { createNetwork, type Host, type Network } from '../support/namespaces.js';
import {
  HOST_ADDRESSES,
  hostsOf,
  SERVERS_HOST,
  SERVICE_PORT,
  SOURCE_HOST,
  VIP_RANGE,
  vipOf,
} from './addresses.js';
import { fillByNftlb, nftlbIsThere } from './nftlb.js';
import { benchGround, tableText } from './table-text.js';

const SEED = 0x5eed;
/** What the compiler asks for ten servers of equal weight. */
const SLOTS = 64;
const MANY = 10_000;
const MANY_OF_NFTLB = 200;
/** nftlb takes longer for each further service. */
const NFTLB_LIMIT_MS = 6_000;
const LOAD_LIMIT_MS = 60_000;

export interface Forwarder {
  readonly host: Host;
  readonly mac: string;
  readonly services: number;
}

export interface DatapathNetwork {
  readonly network: Network;
  readonly source: Host;
  readonly servers: Host;
  readonly router: Forwarder;
  readonly one: Forwarder;
  readonly many: Forwarder;
  /** The same without flow affinity. */
  readonly oneStateless: Forwarder;
  readonly manyStateless: Forwarder;
  /** Undefined where nftlb is not there. */
  readonly nftlb:
    Readonly<Record<'hash' | 'hashMany' | 'persistence' | 'persistenceMany', Forwarder>> | undefined;
}

export async function buildDatapath(nftlbFolder: string): Promise<DatapathNetwork> {
  const network = await createNetwork({ prefix: 'datapath' });
  const [source, servers] = [await network.addHost(SOURCE_HOST), await network.addHost(SERVERS_HOST)];
  const ends = { network, source, servers };
  const router = await addRouter(network);
  const directors = {
    one: await addDirector(network, 'one', 1, documentOf),
    many: await addDirector(network, 'many', MANY, documentOf),
    oneStateless: await addDirector(network, 'oneless', 1, statelessDocumentOf),
    manyStateless: await addDirector(network, 'manyless', MANY, statelessDocumentOf),
  };
  return { ...ends, router, ...directors, nftlb: await addNftlbs(network, nftlbFolder) };
}

let last = 0x20;

/** A host on the lan, with an Ethernet address that nobody else has. */
async function addForwarder(network: Network, name: string): Promise<{ host: Host; mac: string }> {
  const number = ++last;
  const mac = `02:00:5e:01:02:${number.toString(16).padStart(2, '0')}`;
  const host = await network.addHost({
    name,
    links: [{ bridge: 'lan', mac, addresses: [`198.19.0.${number}/16`] }],
  });
  return { host, mac };
}

/** By the kernel alone: one route, one next hop. */
async function addRouter(network: Network): Promise<Forwarder> {
  const { host, mac } = await addForwarder(network, 'router');
  await host.sysctl('net.ipv4.ip_forward', 1);
  // Packets leave where they came in, which a router would tell the sender of.
  for (const which of ['all', 'eth0']) await host.sysctl(`net.ipv4.conf.${which}.send_redirects`, 0);
  await host.exec(['ip', 'route', 'add', VIP_RANGE, 'via', HOST_ADDRESSES[0] ?? '']);
  return { host, mac, services: 0 };
}

async function addDirector(
  network: Network,
  name: string,
  services: number,
  document: (index: number) => ServiceDocument,
): Promise<Forwarder> {
  const { host, mac } = await addForwarder(network, name);
  const input = tableText(
    Array.from({ length: services }, (_, index) => document(index)),
    benchGround(SEED),
  );
  await host.exec(['nft', '-f', '-'], { input, timeoutMs: LOAD_LIMIT_MS });
  return { host, mac, services };
}

function documentOf(index: number): ServiceDocument {
  const servers = hostsOf(index).map((address, at) => ({
    number: index * 10 + at + 1,
    address,
    weight: 1_000,
  }));
  const place = {
    address: vipOf(index),
    protocol: 'tcp',
    port: SERVICE_PORT,
    endPort: SERVICE_PORT,
  } as const;
  return { kind: 'service', number: index + 1, ...place, scheduler: 'maglev', slots: SLOTS, servers };
}

function statelessDocumentOf(index: number): ServiceDocument {
  return { ...documentOf(index), flowAffinity: false };
}

async function addNftlbs(network: Network, folder: string): Promise<DatapathNetwork['nftlb']> {
  if (!(await nftlbIsThere(folder))) return undefined;
  const add = async (name: string, persistent: boolean, most: number): Promise<Forwarder> => {
    const { host, mac } = await addForwarder(network, name);
    const services = await fillByNftlb(host, folder, { persistent, most, limitMs: NFTLB_LIMIT_MS });
    return { host, mac, services };
  };
  return {
    hash: await add('hash', false, 1),
    hashMany: await add('hashmany', false, MANY_OF_NFTLB),
    persistence: await add('persist', true, 1),
    persistenceMany: await add('persistmany', true, MANY_OF_NFTLB),
  };
}
