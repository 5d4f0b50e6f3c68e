/** Stores what agents proved about their VIPs. A VIP that is neither bound nor asked for any more is forgotten. */
import type { EntityManager } from 'typeorm';
import type { AgentReport } from '../../../contract/report.js';
import type { VipOfNode } from '../../store/load-virtual-services.js';
import type { TakenReport } from './judge-reports.js';
import { servicesAfter } from './services-after.js';

/** NOT IN, which is looked up in a hash: as a join, thousands of VIPs would be gone through for each of thousands. */
const FORGET_UNLISTED = `
  DELETE FROM vip_fact f
  WHERE f.node_id = ANY ($1::uuid[]) AND (f.node_id, f.vip) NOT IN (SELECT * FROM unnest($2::uuid[], $3::inet[]))
  RETURNING f.node_id AS "nodeId", host(f.vip) AS vip`;

/** What a fact says of services, without the words: which of them are ready. */
const verdicts = (services: string) =>
  `(SELECT jsonb_agg(e - 'answers' - 'firewall') FROM jsonb_array_elements(${services}) e)`;

/** Answers with those that changed, and whether admission may now think otherwise: new words alone move no document. */
const KEEP = `
  WITH said AS (
    SELECT * FROM unnest($1::uuid[], $2::inet[], $3::boolean[], $4::boolean[], $5::text[], $6::text[], $7::jsonb[])
      AS w (node_id, vip, bound, silent, reason, message, services)),
  known AS (SELECT f.* FROM vip_fact f JOIN said w ON w.node_id = f.node_id AND w.vip = f.vip),
  kept AS (
    INSERT INTO vip_fact (node_id, vip, bound, silent, reason, message, services, changed_at)
    SELECT w.node_id, w.vip, w.bound, w.silent, w.reason, w.message, ${servicesAfter('k.services', 'w.services')}, now()
    FROM said w LEFT JOIN known k ON k.node_id = w.node_id AND k.vip = w.vip
    ON CONFLICT (node_id, vip) DO UPDATE SET bound = excluded.bound, silent = excluded.silent,
      reason = excluded.reason, message = excluded.message, services = excluded.services,
      changed_at = CASE WHEN (vip_fact.bound, vip_fact.silent, vip_fact.reason, vip_fact.message)
        IS DISTINCT FROM (excluded.bound, excluded.silent, excluded.reason, excluded.message)
        THEN excluded.changed_at ELSE vip_fact.changed_at END
    WHERE (vip_fact.bound, vip_fact.silent, vip_fact.reason, vip_fact.message, vip_fact.services)
      IS DISTINCT FROM (excluded.bound, excluded.silent, excluded.reason, excluded.message, excluded.services)
    RETURNING node_id, vip, bound, silent, services)
  SELECT n.node_id AS "nodeId", host(n.vip) AS vip,
    (n.bound, n.silent, ${verdicts('n.services')}) IS DISTINCT FROM (k.bound, k.silent, ${verdicts('k.services')}) AS judged
  FROM kept n LEFT JOIN known k ON k.node_id = n.node_id AND k.vip = n.vip`;

/** An agent tells once that it let go of a VIP, and does not list it again. */
const FORGET_RELEASED = `
  DELETE FROM vip_fact f USING unnest($1::uuid[], $2::inet[]) AS w (node_id, vip)
  WHERE f.node_id = w.node_id AND f.vip = w.vip AND NOT EXISTS (
    SELECT 1 FROM document d WHERE d.scope = f.node_id::text AND d.key = host(f.vip) AND d.body IS NOT NULL)`;

/** What is known of a VIP has changed. */
export interface MovedVip extends VipOfNode {
  /** Its servers may now be judged otherwise. */
  readonly judged: boolean;
}

export async function saveVipFacts(
  manager: EntityManager,
  reports: readonly TakenReport<AgentReport>[],
): Promise<MovedVip[]> {
  const facts = reports.flatMap(({ nodeId, report }) => report.vips.map((fact) => ({ nodeId, ...fact })));
  const whole = reports.filter(({ report }) => report.complete).map(({ nodeId }) => nodeId);
  const released = facts.filter(({ bound }) => !bound);
  const nodeIds = facts.map(({ nodeId }) => nodeId);
  const vips = facts.map(({ address }) => address);
  const [[gone], kept] = await Promise.all([
    whole.length === 0
      ? ([[]] as [VipOfNode[]])
      : manager.query<[VipOfNode[], number]>(FORGET_UNLISTED, [whole, nodeIds, vips]),
    facts.length === 0
      ? []
      : manager.query<MovedVip[]>(KEEP, [
          nodeIds,
          vips,
          facts.map(({ bound }) => bound),
          facts.map(({ silent }) => silent),
          facts.map(({ reason }) => reason),
          facts.map(({ message }) => message),
          facts.map(({ services }) => JSON.stringify(services)),
        ]),
    released.length > 0 &&
      manager.query(FORGET_RELEASED, [
        released.map(({ nodeId }) => nodeId),
        released.map(({ address }) => address),
      ]),
  ]);
  return [...gone.map((vip) => ({ ...vip, judged: true })), ...kept];
}
