/**
 * Finds the virtual services whose status something may have moved, and has them looked at. Too many cost time, and too few
 * would be a bug that the slow round over all services makes good (see record-events.ts). Only who holds the event log.
 */
import type { EntityManager } from 'typeorm';
import type { TouchedFacts } from '../../store/touched-facts.js';
import { DIRECTORS_SCOPE } from '../../delivery/publish/write-documents.js';
import type { Copied } from './copy-history.js';
import type { EventLog } from './event-log.js';

const DUE = 'INSERT INTO due_status (virtual_service_id)';
const ONCE = 'ON CONFLICT DO NOTHING';

/** Rows of what reports touched, at a time. */
const MOST_FACTS = 500;

const BY_HISTORY = `
  ${DUE} SELECT DISTINCT coalesce((coalesce(a.after, a.before) ->> 'virtualServiceId')::uuid, a.object_id)
  FROM audit_entry a WHERE a.revision > $1 AND a.revision <= $2 AND a.object_type <> 'node' ${ONCE}`;

/** Of agents that came, joined or went: what has a server on their host. */
const BY_HOSTS = `
  ${DUE} SELECT DISTINCT r.virtual_service_id FROM audit_entry a
  CROSS JOIN LATERAL jsonb_array_elements_text(coalesce(a.after, a.before) -> 'addresses') AS h (address)
  CROSS JOIN LATERAL (SELECT virtual_service_id FROM real_server WHERE address = h.address::inet OFFSET 0) AS r
  WHERE a.revision > $1 AND a.revision <= $2 AND a.object_type = 'node' ${ONCE}`;

const DIRECTORS_MOVED = `
  SELECT 1 FROM audit_entry a WHERE a.revision > $1 AND a.revision <= $2 AND a.object_type = 'node'
    AND coalesce(a.after, a.before) ->> 'role' = 'director' LIMIT 1`;

const moved = (scope: string) => `
  SELECT key FROM document WHERE version > $1 AND version <= $2 AND scope ${scope} OFFSET 0`;

const BY_SERVICE_DOCUMENTS = `${DUE} SELECT d.key::uuid FROM (${moved(`= '${DIRECTORS_SCOPE}'`)}) AS d ${ONCE}`;

const AT_VIPS = `
  CROSS JOIN LATERAL (SELECT id FROM virtual_service WHERE address = d.key::inet OFFSET 0) AS v`;

const BY_VIP_DOCUMENTS = `
  ${DUE} SELECT DISTINCT v.id FROM (${moved(`<> '${DIRECTORS_SCOPE}'`)}) AS d ${AT_VIPS} ${ONCE}`;

const TAKE_FACTS = `
  DELETE FROM touched_fact WHERE id = ANY (ARRAY(SELECT id FROM touched_fact ORDER BY id LIMIT ${MOST_FACTS})) RETURNING what`;

const BY_FACTS = `
  ${DUE} SELECT id FROM unnest($1::uuid[]) AS w (id)
  UNION SELECT r.virtual_service_id FROM unnest($2::integer[]) AS w (number)
    CROSS JOIN LATERAL (SELECT virtual_service_id FROM real_server WHERE number = w.number OFFSET 0) AS r
  UNION SELECT v.id FROM unnest($3::inet[]) AS d (key) ${AT_VIPS} ${ONCE}`;

const OF_HOST = `
  ${DUE} SELECT DISTINCT r.virtual_service_id FROM node_address a
  CROSS JOIN LATERAL (SELECT virtual_service_id FROM real_server WHERE address = a.address OFFSET 0) AS r
  WHERE a.node_id = ANY ($1::uuid[]) ${ONCE}`;

const CONFIRMED = `
  SELECT d.key FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS w (scope, low, high)
  CROSS JOIN LATERAL (SELECT key FROM document
    WHERE scope = w.scope AND version > w.low AND version <= w.high OFFSET 0) AS d OFFSET 0`;

const CONFIRMED_SERVICES = `${DUE} SELECT DISTINCT d.key::uuid FROM (${CONFIRMED}) AS d ${ONCE}`;

const CONFIRMED_VIPS = `${DUE} SELECT DISTINCT v.id FROM (${CONFIRMED}) AS d ${AT_VIPS} ${ONCE}`;

/** @returns whether all services are concerned. */
export async function dueByHistory(manager: EntityManager, log: EventLog, copied: Copied): Promise<boolean> {
  if (copied.count === 0) return false;
  const range = [log.revision, copied.revision];
  const hasNodes = copied.nodes > 0;
  const [, , directors] = await Promise.all([
    manager.query(BY_HISTORY, range),
    hasNodes && manager.query(BY_HOSTS, range),
    hasNodes ? manager.query<unknown[]>(DIRECTORS_MOVED, range) : [],
  ]);
  return directors.length > 0;
}

export async function dueByDocuments(manager: EntityManager, log: EventLog): Promise<void> {
  if (log.newestVersion <= log.version) return;
  const range = [log.version, log.newestVersion];
  await Promise.all([manager.query(BY_SERVICE_DOCUMENTS, range), manager.query(BY_VIP_DOCUMENTS, range)]);
}

export async function dueByFacts(manager: EntityManager): Promise<void> {
  const [rows] = await manager.query<[{ what: TouchedFacts }[], number]>(TAKE_FACTS);
  if (rows.length === 0) return;
  await manager.query(BY_FACTS, [
    [...new Set(rows.flatMap(({ what }) => what.serviceIds))],
    [...new Set(rows.flatMap(({ what }) => what.serverNumbers))],
    [...new Set(rows.flatMap(({ what }) => what.vips))],
  ]);
}

/** What has a server on the host of one of these agents. */
export async function dueOfHosts(manager: EntityManager, nodeIds: readonly string[]): Promise<void> {
  if (nodeIds.length > 0) await manager.query(OF_HOST, [nodeIds]);
}

/** Documents that a node has newly confirmed: those of a scope, after one version up to another. */
export interface Confirmed {
  readonly scope: string;
  readonly from: number;
  readonly to: number;
}

export async function dueByConfirmations(
  manager: EntityManager,
  confirmed: readonly Confirmed[],
): Promise<void> {
  const isOfDirectors = ({ scope }: Confirmed): boolean => scope === DIRECTORS_SCOPE;
  const ask = (sql: string, of: readonly Confirmed[]) =>
    of.length > 0 &&
    manager.query(sql, [of.map(({ scope }) => scope), of.map(({ from }) => from), of.map(({ to }) => to)]);
  await Promise.all([
    ask(CONFIRMED_SERVICES, confirmed.filter(isOfDirectors)),
    ask(
      CONFIRMED_VIPS,
      confirmed.filter((one) => !isOfDirectors(one)),
    ),
  ]);
}
