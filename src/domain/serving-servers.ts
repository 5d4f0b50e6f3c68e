/** Counts which real servers of a service get new flows, as far as is known. */
import { admission } from './admission.js';
import { healthUse, type HealthUse } from './health-via-vip.js';
import type { RealServer } from './real-server.js';
import type { ServerObservation } from './status.js';
import type { VirtualService } from './virtual-service.js';

/** A real server with what is known about it. */
export interface Observed {
  readonly server: RealServer;
  readonly observation: ServerObservation;
}

export interface Serving {
  /** Servers that shall get new flows and are no backups. Weight 0 takes none and is not missed. */
  readonly expected: number;
  /** Those of them that get new flows, at least from one director. */
  readonly serving: number;
  /** Those of them that get new flows from every director, and answer on the VIP if that is checked. */
  readonly well: number;
  /** Addresses of backups that get new flows. */
  readonly backups: readonly string[];
  /** Addresses of servers that do not answer, and get new flows all the same. */
  readonly kept: readonly string[];
  /** There is some server that could get new flows if all were well, be it a backup. */
  readonly possible: boolean;
}

type Part = Observed & { readonly use: HealthUse };

export function servingServers(service: VirtualService, observed: readonly Observed[]): Serving {
  const wanted = observed.filter(({ server }) => server.enabled && server.weight > 0);
  const forwarded = wanted
    .filter(({ server, observation }) => isForwardedTo(service, server, observation))
    .map((one): Part => ({ ...one, use: healthUse(service, one.observation.health) }));
  const isPrimary = ({ server }: Observed): boolean => !server.backup;
  const serving = forwarded.filter(isPrimary).filter(({ use }) => TAKES_PART.has(use));
  const backups = forwarded.filter(({ server }) => server.backup);
  return {
    expected: wanted.filter(isPrimary).length,
    serving: serving.length,
    well: serving.filter(({ use }) => use === 'in-use').length,
    backups: addressesOf(backups.filter(({ use }) => use !== 'unknown' && TAKES_PART.has(use))),
    kept: addressesOf(forwarded.filter(({ use }) => use === 'kept')),
    possible: wanted.length > 0,
  };
}

/** Admitted, and named by a director's document that is in force. */
export function isForwardedTo(
  service: VirtualService,
  server: RealServer,
  observation: ServerObservation,
): boolean {
  return observation.namedByDirectors && admission(service, server, observation).admitted;
}

/** Who is not known to be healthy or not is taken for what it is in the directors' table: a server. */
const TAKES_PART: ReadonlySet<HealthUse> = new Set(['in-use', 'partly', 'kept', 'unknown']);

function addressesOf(parts: readonly Part[]): readonly string[] {
  return parts.map(({ server }) => server.address);
}
