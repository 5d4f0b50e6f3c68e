/**
 * Writes down by which revision hosts may let go of VIPs: that of the operators' change since which nobody wants them
 * there. A VIP often leaves later, when drains are over; its document then still says whose change it was. What is gone
 * from the tables without a change has no approval, and a host does not let go of most of its VIPs on the strength of it.
 */
import type { EntityManager } from 'typeorm';
import type { VipOnHost } from '../../store/observe-real-servers.js';
import { WANTED_ON_NODE } from './compile-vips.js';

export interface ChangedVip extends VipOnHost {
  /** Of the change that touches it. */
  readonly revision: number;
}

/** After the change was stored, and before its documents are published. */
export async function approveReleases(manager: EntityManager, pairs: readonly ChangedVip[]): Promise<void> {
  if (pairs.length === 0) return;
  await manager.query(
    `UPDATE document d SET approval = CASE WHEN EXISTS (
         SELECT 1 FROM virtual_service s WHERE s.address = w.vip AND ${WANTED_ON_NODE}) THEN NULL ELSE w.revision END
     FROM (SELECT p.vip, a.node_id, max(p.revision) AS revision
           FROM unnest($1::inet[], $2::inet[], $3::bigint[]) AS p (vip, host, revision)
           JOIN node_address a ON a.address = p.host GROUP BY p.vip, a.node_id) w
     WHERE d.scope = w.node_id::text AND d.key = host(w.vip)`,
    [pairs.map(({ vip }) => vip), pairs.map(({ host }) => host), pairs.map(({ revision }) => revision)],
  );
}
