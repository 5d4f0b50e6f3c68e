/**
 * Puts together what is in force of one virtual service and where: the service, its real servers and the nodes of both, each
 * with its reason. It says of no node that it has something in force which that node has not confirmed.
 */
import { directorsProvisioning } from './directors-in-force.js';
import { IN_FORCE, whyAgentLacks, whyDirectorLacks, type Why } from './missing-nodes.js';
import { agentProvisioning, serverStatus } from './server-status.js';
import { serviceStatus, UNKNOWN_SERVER } from './service-status.js';
import type { RealServer } from './real-server.js';
import type {
  DirectorObservation,
  ObservedAgent,
  Provisioning,
  ServerObservation,
  ServiceObservation,
  Status,
} from './status.js';
import type { VirtualService } from './virtual-service.js';

/** A node with what it has of a service. */
export interface NodeInForce extends Why {
  readonly nodeId: string;
  readonly name: string;
  readonly connected: boolean;
  /** Null: never. */
  readonly lastSeenAt: Date | null;
  readonly provisioning: Provisioning;
  /** Revision of the service that it has in force; null: none, or nobody knows which, as with a fault. */
  readonly revisionInForce: number | null;
}

export interface ServerInTree {
  readonly server: RealServer;
  readonly status: Status;
  /** Null: none has joined, or none is wanted there. */
  readonly agent: NodeInForce | null;
}

export interface StatusTree {
  readonly service: VirtualService;
  readonly status: Status;
  readonly directors: readonly NodeInForce[];
  readonly servers: readonly ServerInTree[];
}

/** `servers` holds what is known about the real servers, by their number. */
export function statusTree(
  service: VirtualService,
  observation: ServiceObservation,
  servers: ReadonlyMap<number, ServerObservation>,
): StatusTree {
  return {
    service,
    status: serviceStatus(service, observation, servers),
    directors: observation.directors.map((director) => directorInTree(service, observation, director)),
    servers: service.realServers.map((server) => {
      const seen = servers.get(server.number) ?? UNKNOWN_SERVER;
      return {
        server,
        status: serverStatus(service, server, seen, observation),
        agent: seen.agent === null ? null : agentInTree(service, server, seen, seen.agent),
      };
    }),
  };
}

function directorInTree(
  service: VirtualService,
  observation: ServiceObservation,
  director: DirectorObservation,
): NodeInForce {
  const { nodeId, name, connected, lastSeenAt, fault, revision } = director;
  const provisioning = directorsProvisioning({ ...observation, directors: [director] });
  const revisionInForce = inForce(service, provisioning, fault === null ? revision : null);
  const why = whyDirectorLacks(director, observation) ?? IN_FORCE;
  return { nodeId, name, connected, lastSeenAt, provisioning, revisionInForce, ...why };
}

function agentInTree(
  service: VirtualService,
  server: RealServer,
  observation: ServerObservation,
  { nodeId, name, connected, lastSeenAt, revision }: ObservedAgent,
): NodeInForce {
  const provisioning = agentProvisioning(service, server, observation);
  const revisionInForce = inForce(service, provisioning, observation.fault === null ? revision : null);
  const why = whyAgentLacks(service, server, observation) ?? IN_FORCE;
  return { nodeId, name, connected, lastSeenAt, provisioning, revisionInForce, ...why };
}

/** A node that is behind has the service as its own last revision left it. */
function inForce(service: VirtualService, provisioning: Provisioning, ofNode: number | null): number | null {
  if (provisioning === 'in-sync') return service.revision;
  return ofNode === null ? null : Math.min(ofNode, service.revision);
}
