/** Stores what an agent proved about its VIPs. A VIP that is neither bound nor asked for any more is forgotten. */
import type { EntityManager } from 'typeorm';
import type { AgentReport } from '../../../contract/report.js';

/** @returns the VIPs whose facts changed. */
export async function saveVipFacts(
  manager: EntityManager,
  nodeId: string,
  { vips, complete }: AgentReport,
): Promise<string[]> {
  const gone = complete ? await forgetUnlisted(manager, nodeId, vips) : [];
  if (vips.length === 0) return gone;
  const rows: { vip: string }[] = await manager.query(
    `INSERT INTO vip_fact (node_id, vip, bound, silent, reason, message, changed_at)
     SELECT $1, w.*, now()
     FROM unnest($2::inet[], $3::boolean[], $4::boolean[], $5::text[], $6::text[]) AS w
     ON CONFLICT (node_id, vip) DO UPDATE SET bound = excluded.bound, silent = excluded.silent,
       reason = excluded.reason, message = excluded.message, changed_at = excluded.changed_at
     WHERE (vip_fact.bound, vip_fact.silent, vip_fact.reason, vip_fact.message)
       IS DISTINCT FROM (excluded.bound, excluded.silent, excluded.reason, excluded.message)
     RETURNING host(vip) AS vip`,
    [
      nodeId,
      vips.map(({ address }) => address),
      vips.map(({ bound }) => bound),
      vips.map(({ silent }) => silent),
      vips.map(({ reason }) => reason),
      vips.map(({ message }) => message),
    ],
  );
  await forgetReleased(manager, nodeId, vips);
  return [...gone, ...rows.map(({ vip }) => vip)];
}

/** An agent tells once that it let go of a VIP, and does not list it again. */
async function forgetReleased(
  manager: EntityManager,
  nodeId: string,
  vips: AgentReport['vips'],
): Promise<void> {
  const unbound = vips.filter(({ bound }) => !bound).map(({ address }) => address);
  if (unbound.length === 0) return;
  await manager.query(
    `DELETE FROM vip_fact f WHERE f.node_id = $1 AND f.vip = ANY ($2::inet[]) AND NOT EXISTS (
       SELECT 1 FROM document d WHERE d.scope = f.node_id::text AND d.key = host(f.vip) AND d.body IS NOT NULL)`,
    [nodeId, unbound],
  );
}

async function forgetUnlisted(
  manager: EntityManager,
  nodeId: string,
  vips: AgentReport['vips'],
): Promise<string[]> {
  const [rows]: [{ vip: string }[], number] = await manager.query(
    'DELETE FROM vip_fact WHERE node_id = $1 AND NOT vip = ANY ($2::inet[]) RETURNING host(vip) AS vip',
    [nodeId, vips.map(({ address }) => address)],
  );
  return rows.map(({ vip }) => vip);
}
