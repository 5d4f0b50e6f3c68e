/**
 * What is known about a VIP on the host of a real server: who its agent is, what shall be there and what was proved.
 * One statement for any number of pairs; both the compiler and the status of the API are fed from here.
 */
import type { EntityManager } from 'typeorm';
import type {
  ObservedAgent,
  ObservedAnswers,
  ObservedVerdict,
  ObservedVip,
  ServerObservation,
} from '../../domain/status.js';
import { isConnected } from '../nodes/is-connected.js';

/** A VIP on a host, both canonical addresses. */
export interface VipOnHost {
  readonly vip: string;
  readonly host: string;
}

export type HostObservation = Pick<
  ServerObservation,
  'vipDocument' | 'fact' | 'fault' | 'namedFor' | 'changedAt'
> & {
  readonly agent: ObservedAgent;
};

/** Instants are text in JSON. */
type StoredVerdict = Omit<ObservedVerdict, 'since'> & { readonly since: string };
type StoredAnswers = Omit<ObservedAnswers, 'answers' | 'firewall'> & {
  readonly answers: StoredVerdict;
  readonly firewall: StoredVerdict;
};

interface Row {
  vip: string;
  host: string;
  node_id: string;
  node_name: string;
  last_seen_at: Date | null;
  position_version: number | null;
  node_revision: number | null;
  leaving: boolean | null;
  document_version: number | null;
  present_since: number | null;
  bound: boolean | null;
  silent: boolean;
  fact_reason: string;
  fact_message: string;
  services: StoredAnswers[];
  fault_reason: string | null;
  fault_message: string;
  named_for: string[];
  changed_at: Date | null;
}

/** A drain names a server too: such a name lets nobody in. $3: services whose drains the caller knows better. */
const NAMED_FOR = `
  SELECT m.virtual_service_id::text FROM mention m
  WHERE m.vip = w.vip AND m.host = w.host AND m.dropped_at IS NULL AND (
    m.virtual_service_id = ANY ($3::uuid[]) OR NOT EXISTS (
      SELECT 1 FROM drain d WHERE d.virtual_service_id = m.virtual_service_id AND d.address = m.host))`;

const SQL = `
  SELECT host(w.vip) AS vip, host(w.host) AS host, n.id AS node_id, n.name AS node_name, s.last_seen_at,
    CASE WHEN s.epoch = c.epoch THEN s.version::float8 END AS position_version,
    CASE WHEN s.epoch = c.epoch THEN s.revision::float8 END AS node_revision, s.leaving,
    d.version::float8 AS document_version, d.present_since::float8 AS present_since,
    f.bound, f.silent, f.reason AS fact_reason, f.message AS fact_message, f.services,
    x.reason AS fault_reason, x.message AS fault_message, greatest(f.changed_at, x.changed_at) AS changed_at,
    ARRAY(${NAMED_FOR}) AS named_for
  FROM unnest($1::inet[], $2::inet[]) AS w (vip, host)
  CROSS JOIN cluster c
  JOIN node_address a ON a.address = w.host
  JOIN node n ON n.id = a.node_id AND n.role = 'agent'
  LEFT JOIN node_status s ON s.node_id = n.id
  LEFT JOIN document d ON d.scope = n.id::text AND d.key = host(w.vip) AND d.body IS NOT NULL
  LEFT JOIN vip_fact f ON f.node_id = n.id AND f.vip = w.vip
  LEFT JOIN fault x ON x.node_id = n.id AND x.key = host(w.vip)`;

/**
 * Keyed by `pairKey`; a host that no agent is made known for is missing.
 * @param judged ids of services whose drains the caller looks at by itself: `namedFor` has them in any case.
 */
export async function observeHosts(
  manager: EntityManager,
  pairs: readonly VipOnHost[],
  judged: readonly string[] = [],
  now = Date.now(),
): Promise<ReadonlyMap<string, HostObservation>> {
  if (pairs.length === 0) return new Map();
  const rows: Row[] = await manager.query(SQL, [
    pairs.map(({ vip }) => vip),
    pairs.map(({ host }) => host),
    judged,
  ]);
  return new Map(rows.map((row) => [pairKey(row), toObservation(row, now)]));
}

export function pairKey({ vip, host }: VipOnHost): string {
  return `${vip} ${host}`;
}

function toObservation(row: Row, now: number): HostObservation {
  return {
    agent: {
      nodeId: row.node_id,
      name: row.node_name,
      connected: isConnected(row.last_seen_at, now),
      lastSeenAt: row.last_seen_at,
      positionVersion: row.position_version,
      revision: row.node_revision,
      leaving: row.leaving === true,
    },
    vipDocument:
      row.document_version === null || row.present_since === null
        ? null
        : { version: row.document_version, presentSince: row.present_since },
    fact: toFact(row),
    fault: row.fault_reason === null ? null : { reason: row.fault_reason, message: row.fault_message },
    namedFor: row.named_for,
    changedAt: row.changed_at,
  };
}

function toFact({ bound, silent, fact_reason, fact_message, services }: Row): ObservedVip | null {
  if (bound === null) return null;
  return { bound, silent, reason: fact_reason, message: fact_message, services: services.map(toAnswers) };
}

function toAnswers({ answers, firewall, ...service }: StoredAnswers): ObservedAnswers {
  return { ...service, answers: toVerdict(answers), firewall: toVerdict(firewall) };
}

function toVerdict({ since, ...verdict }: StoredVerdict): ObservedVerdict {
  return { ...verdict, since: new Date(since) };
}
