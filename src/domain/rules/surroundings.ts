/**
 * What the rules must know beside the changed service itself. Each field is one indexed look-up by the addresses
 * of that service, or reads what the directors last said of themselves, and directors are few; none of them needs the
 * whole topology.
 */
import type { AddressFamily } from '../address.js';
import type { HealthCheckType } from '../health-check.js';
import type { ForwardingMethod } from '../real-server.js';
import type { Scheduler, ServiceProtocol, SourceIpPersistence } from '../virtual-service.js';

/** What one kind of forwarding engine can do. */
export interface EngineAbilities {
  readonly protocols: readonly ServiceProtocol[];
  readonly addressFamilies: readonly AddressFamily[];
  readonly forwardingMethods: readonly ForwardingMethod[];
  readonly schedulers: readonly Scheduler[];
  readonly persistence: readonly SourceIpPersistence['type'][];
  readonly healthChecks: readonly HealthCheckType[];
  /** Absent where a director said it before there were any. */
  readonly backupServers?: boolean;
  readonly portRanges: boolean;
  /** Absent where a director said it before there were any. */
  readonly statelessServices?: boolean;
}

/** An address that is taken, and by what, in words: `the director lb-1`. */
export interface TakenAddress {
  readonly address: string;
  readonly description: string;
}

/** Another service with the address and the protocol of the changed one, and a port of it. */
export interface NeighbouringService {
  readonly id: string;
  readonly name: string;
  readonly port: number;
  readonly endPort: number | null;
}

export interface Surroundings {
  /** One for each connected engine; with none connected, what the built-in driver can do. Never empty. */
  readonly abilities: readonly EngineAbilities[];
  /** Addresses that equal the VIP: of any node as it was made known, and of directors and their gateways as seen. */
  readonly nodeAddresses: readonly TakenAddress[];
  /** Subnets on the interfaces of all directors, `192.0.2.1/24`; empty until one has reported. */
  readonly directorSubnets: readonly string[];
  /** Other services with the same VIP and protocol, and ports that overlap. */
  readonly sameAddress: readonly NeighbouringService[];
  /** VIPs of other services, `the VIP of shop`, that equal the address of one of this service's real servers. */
  readonly otherVips: readonly TakenAddress[];
  /** Agents, `the agent web-1`, at the addresses of this service's real servers without one. */
  readonly agents: readonly TakenAddress[];
  /** Real servers of other services whose address equals the VIP. */
  readonly otherRealServers: readonly TakenAddress[];
}
