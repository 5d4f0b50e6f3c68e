/**
 * Takes what a node says of itself into the facts, and lets the compiler see whatever that may move: a VIP that is
 * now proved admits its servers, a director that has let go of a host lets its VIPs leave.
 * One that is late, after a newer one was taken, is dropped. A report that says nothing new costs a few statements, and
 * takes the commit order only from a director, while a VIP waits to leave a host.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AgentReport, Report, ReportAnswer } from '../../../contract/report.js';
import type { NodeIdentity } from '../../http/request-context.js';
import { unauthenticated } from '../../http/unauthenticated.js';
import { holdCommits } from '../../store/commit-order.js';
import { Transactions } from '../../store/transactions.js';
import { hasDroppedMentions } from '../publish/mentions.js';
import { publishDocuments } from '../publish/publish-documents.js';
import { withBelievedPosition } from './believed-position.js';
import { saveFaults } from './save-faults.js';
import { saveNodeStatus } from './save-node-status.js';
import { saveVipFacts } from './save-vip-facts.js';
import { servicesTouchedByVips, vipsConfirmedSince } from './touched-services.js';

@Injectable()
export class TakeReport {
  constructor(@Inject(Transactions) private readonly transactions: Transactions) {}

  take(node: NodeIdentity, said: Report): Promise<ReportAnswer> {
    return this.transactions.run(async (manager) => {
      await requireStillKnown(manager, node);
      const report = await withBelievedPosition(manager, said);
      const { taken, sequence, versionBefore } = await saveNodeStatus(manager, node.id, report);
      if (!taken) return { complete: false, sequence };
      await saveFaults(manager, node.id, report.faults);
      if (report.role === 'director') await letVipsLeave(manager);
      else await admitServers(manager, node.id, report, versionBefore);
      return { complete: report.role === 'agent' && !report.complete && versionBefore === null, sequence };
    });
  }
}

/** It may have waited in a queue while the node was forgotten, or joined again on another host. */
async function requireStillKnown(manager: EntityManager, node: NodeIdentity): Promise<void> {
  const rows: unknown[] = await manager.query(
    `SELECT 1 FROM node WHERE id = $1 AND credential_hash = decode($2, 'hex') FOR SHARE`,
    [node.id, node.credentialHash],
  );
  if (rows.length === 0) throw unauthenticated();
}

async function letVipsLeave(manager: EntityManager): Promise<void> {
  if (!(await hasDroppedMentions(manager))) return;
  await publishDocuments(manager, await holdCommits(manager), { serviceIds: [], vips: [] });
}

async function admitServers(
  manager: EntityManager,
  nodeId: string,
  report: AgentReport,
  versionBefore: number | null,
): Promise<void> {
  const changed = await saveVipFacts(manager, nodeId, report);
  const confirmed = await vipsConfirmedSince(manager, nodeId, versionBefore, report.position);
  const vips = [...new Set([...changed, ...confirmed])];
  if (vips.length === 0) return;
  const order = await holdCommits(manager);
  const serviceIds = await servicesTouchedByVips(manager, nodeId, vips);
  if (serviceIds.length > 0) await publishDocuments(manager, order, { serviceIds, vips: [] });
}
