/**
 * Takes what nodes say of themselves into the facts, and lets the compiler see whatever that may move: a VIP that is
 * now proved admits its servers, a director that has let go of a host lets its VIPs leave. One that is late, after a
 * newer one was taken, is dropped. Reports that say nothing new cost a few statements, and take the commit order only
 * from a director, while a VIP waits to leave a host.
 */
import type { EntityManager } from 'typeorm';
import type { Report, ReportAnswer } from '../../../contract/report.js';
import type { NodeIdentity } from '../../http/request-context.js';
import { unauthenticated } from '../../http/unauthenticated.js';
import { holdCommits } from '../../store/commit-order.js';
import { hasDroppedMentions } from '../publish/mentions.js';
import { publishDocuments } from '../publish/publish-documents.js';
import { withBelievedPosition } from './believed-position.js';
import { saveFaults } from './save-faults.js';
import { saveNodeStatus } from './save-node-status.js';
import { saveVipFacts } from './save-vip-facts.js';
import { servicesTouchedByVips, vipsConfirmedSince, type VipsOfNode } from './touched-services.js';

export interface SaidByNode {
  readonly node: NodeIdentity;
  readonly report: Report;
}

/** Takes reports in one transaction: what they move together is compiled and published once. */
export async function takeReports(
  manager: EntityManager,
  reports: readonly SaidByNode[],
): Promise<ReportAnswer[]> {
  const answers: ReportAnswer[] = [];
  const moved: VipsOfNode[] = [];
  for (const said of reports) {
    const { answer, vips } = await takeOne(manager, said);
    answers.push(answer);
    if (vips.length > 0) moved.push({ nodeId: said.node.id, vips });
  }
  const isLettingGo = reports.some(({ report }) => report.role === 'director');
  await publish(manager, moved, isLettingGo && (await hasDroppedMentions(manager)));
  return answers;
}

/** @returns VIPs of the node that may now be judged otherwise than before. */
async function takeOne(
  manager: EntityManager,
  { node, report: said }: SaidByNode,
): Promise<{ readonly answer: ReportAnswer; readonly vips: readonly string[] }> {
  await requireStillKnown(manager, node);
  const report = await withBelievedPosition(manager, said);
  const { taken, sequence, versionBefore } = await saveNodeStatus(manager, node.id, report);
  if (!taken) return { answer: { complete: false, sequence }, vips: [] };
  await saveFaults(manager, node.id, report.faults);
  if (report.role === 'director') return { answer: { complete: false, sequence }, vips: [] };
  const changed = await saveVipFacts(manager, node.id, report);
  const confirmed = await vipsConfirmedSince(manager, node.id, versionBefore, report.position);
  const complete = !report.complete && versionBefore === null;
  return { answer: { complete, sequence }, vips: [...new Set([...changed, ...confirmed])] };
}

/** It may have waited in a queue while the node was forgotten, or joined again on another host. */
async function requireStillKnown(manager: EntityManager, node: NodeIdentity): Promise<void> {
  const rows: unknown[] = await manager.query(
    `SELECT 1 FROM node WHERE id = $1 AND credential_hash = decode($2, 'hex') FOR SHARE`,
    [node.id, node.credentialHash],
  );
  if (rows.length === 0) throw unauthenticated();
}

async function publish(
  manager: EntityManager,
  moved: readonly VipsOfNode[],
  isLettingGo: boolean,
): Promise<void> {
  if (moved.length === 0 && !isLettingGo) return;
  const order = await holdCommits(manager);
  const serviceIds = await servicesTouchedByVips(manager, moved);
  if (serviceIds.length > 0 || isLettingGo) await publishDocuments(manager, order, { serviceIds, vips: [] });
}
