/**
 * A virtual service with its real servers, as an operator wants it: the intent, and nothing of what nodes report.
 * Immutable; every change makes a new one. Whether a change may be is for the rules, not decided here.
 */
import type { Address } from './address.js';
import type { HealthCheck } from './health-check.js';
import {
  changedRealServer,
  newRealServer,
  withoutAttestation,
  type RealServer,
  type RealServerChanges,
  type RealServerDraft,
  type RealServerIdentity,
} from './real-server.js';
import { withChanges } from './with-changes.js';

export type ServiceProtocol = 'tcp' | 'udp';
export type Scheduler = 'maglev' | 'source-hash' | 'round-robin';

/** Flows of one source go to the server of that source's earlier flows. */
export interface SourceIpPersistence {
  readonly type: 'source-ip';
  readonly timeoutSeconds: number;
  /** Sources that share this many leading bits count as one. */
  readonly prefixLength: number;
}

export interface VirtualService {
  readonly id: string;
  /** Its mark in the kernel; stable and never used again. */
  readonly number: number;
  readonly name: string;
  readonly description: string;
  /** The VIP. */
  readonly address: Address;
  readonly port: number;
  /** Last port of a range; null: the one port. */
  readonly endPort: number | null;
  readonly protocol: ServiceProtocol;
  readonly forceL4: boolean;
  readonly enabled: boolean;
  readonly scheduler: Scheduler;
  readonly persistence: SourceIpPersistence | null;
  /** Each flow stays on its server when others come and go. False: nothing is remembered, and slots alone decide. */
  readonly flowAffinity: boolean;
  readonly healthCheck: HealthCheck;
  /** How long established flows may go on after their server was taken away. */
  readonly drainSeconds: number;
  /** A server that turned healthy again gets its full share of new flows after so long; 0: at once. */
  readonly slowStartSeconds: number;
  /** While fewer of the servers that are no backups are healthy, the backups join them. */
  readonly minHealthy: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly realServers: readonly RealServer[];
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

type Defaulted =
  | 'name'
  | 'description'
  | 'endPort'
  | 'forceL4'
  | 'enabled'
  | 'scheduler'
  | 'persistence'
  | 'flowAffinity'
  | 'healthCheck'
  | 'drainSeconds'
  | 'slowStartSeconds'
  | 'minHealthy'
  | 'tags';

/** What an operator may say about a virtual service; what is left out has a default. */
export type VirtualServiceDraft = Pick<VirtualService, 'address' | 'port' | 'protocol'> & {
  readonly [K in Defaulted]?: VirtualService[K] | undefined;
};

/** What an operator may change later: everything but the real servers, which are changed one by one. */
export type VirtualServiceChanges = {
  readonly [K in keyof VirtualServiceDraft]?: VirtualServiceDraft[K] | undefined;
};

export const VIRTUAL_SERVICE_DEFAULTS: Pick<VirtualService, Defaulted> = {
  name: '',
  description: '',
  endPort: null,
  forceL4: true,
  enabled: true,
  scheduler: 'maglev',
  persistence: null,
  flowAffinity: true,
  healthCheck: { type: 'none' },
  drainSeconds: 300,
  slowStartSeconds: 0,
  minHealthy: 1,
  tags: {},
};

/** Where in the history a change stands. */
export interface Mark {
  readonly revision: number;
  readonly at: Date;
}

/** What an operator may say; nothing else is taken from a draft or a change, whatever it holds. */
const SAID = [
  'address',
  'port',
  'protocol',
  'name',
  'description',
  'endPort',
  'forceL4',
  'enabled',
  'scheduler',
  'persistence',
  'flowAffinity',
  'healthCheck',
  'drainSeconds',
  'slowStartSeconds',
  'minHealthy',
  'tags',
] as const satisfies readonly (keyof VirtualServiceDraft)[];

/** A service without real servers; `addRealServer` adds them. */
export function newVirtualService(
  draft: VirtualServiceDraft,
  identity: { readonly id: string; readonly number: number },
  mark: Mark,
): VirtualService {
  const { address, port, protocol } = draft;
  const { id, number } = identity;
  const marks = { revision: mark.revision, createdAt: mark.at, updatedAt: mark.at };
  const bare = {
    ...VIRTUAL_SERVICE_DEFAULTS,
    ...marks,
    id,
    number,
    address,
    port,
    protocol,
    realServers: [],
  };
  return changeVirtualService(bare, draft);
}

/**
 * A field that is left out or undefined stays as it is. What was attested for another VIP is worth nothing, nor is what
 * was attested before the service was disabled: its hosts are to unbind the VIP then.
 */
export function changeVirtualService(
  service: VirtualService,
  changes: VirtualServiceChanges,
): VirtualService {
  const changed = withChanges(service, changes, SAID);
  const disabled = service.enabled && !changed.enabled;
  if (changed.address === service.address && !disabled) return changed;
  return { ...changed, realServers: changed.realServers.map(withoutAttestation) };
}

export function marked(service: VirtualService, mark: Mark): VirtualService {
  return { ...service, revision: mark.revision, updatedAt: mark.at };
}

export function addRealServer(
  service: VirtualService,
  draft: RealServerDraft,
  identity: RealServerIdentity,
): VirtualService {
  return { ...service, realServers: [...service.realServers, newRealServer(draft, identity)] };
}

/** A service without a server of that id stays as it is. */
export function changeRealServer(
  service: VirtualService,
  id: string,
  changes: RealServerChanges,
): VirtualService {
  return withRealServer(service, id, (server) => changedRealServer(server, changes));
}

/** The service with another state of one of its servers. */
export function withRealServer(
  service: VirtualService,
  id: string,
  next: (server: RealServer) => RealServer,
): VirtualService {
  const realServers = service.realServers.map((server) => (server.id === id ? next(server) : server));
  return { ...service, realServers };
}

/** Servers stand in the order of their numbers, which is that of their making, however a change has put them. */
export function inNumberOrder(service: VirtualService): VirtualService {
  return { ...service, realServers: [...service.realServers].sort((a, b) => a.number - b.number) };
}

export function removeRealServer(service: VirtualService, id: string): VirtualService {
  return { ...service, realServers: service.realServers.filter((server) => server.id !== id) };
}

/** First and last port, also where there is only one. */
export function portsOf(service: Pick<VirtualService, 'port' | 'endPort'>): {
  readonly first: number;
  readonly last: number;
} {
  return { first: service.port, last: service.endPort ?? service.port };
}
