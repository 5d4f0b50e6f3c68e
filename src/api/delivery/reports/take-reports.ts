/**
 * Takes what nodes say of themselves into the facts, and lets the compiler see whatever that may move: a VIP that is
 * now proved admits its servers, a director that has let go of a host lets its VIPs leave. One that is late, after a
 * newer one was taken, is dropped. Reports that say nothing new cost a few statements for all of them together, and
 * take the commit order only from a director, while a VIP waits to leave a host.
 */
import type { EntityManager } from 'typeorm';
import type { AgentReport, DirectorReport, Report, ReportAnswer } from '../../../contract/report.js';
import type { NodeIdentity } from '../../http/request-context.js';
import { holdCommits, readCommitOrder } from '../../store/commit-order.js';
import { loadServicesAt, type VipOfNode } from '../../store/load-virtual-services.js';
import { hasDroppedMentions } from '../publish/mentions.js';
import { publishDocuments } from '../publish/publish-documents.js';
import { judgeReport, type TakenReport } from './judge-reports.js';
import { lockStatuses } from './lock-statuses.js';
import { saveFaults } from './save-faults.js';
import { saveNodeStatuses } from './save-node-statuses.js';
import { saveSilenceFacts } from './save-silence-facts.js';
import { saveVipFacts } from './save-vip-facts.js';
import { vipsConfirmedSince } from './vips-confirmed-since.js';

export interface SaidByNode {
  readonly node: NodeIdentity;
  readonly report: Report;
}

/**
 * Takes reports in one transaction: what they move together is compiled and published once.
 * @param reports at most one of each node.
 */
export async function takeReports(
  manager: EntityManager,
  reports: readonly SaidByNode[],
): Promise<ReportAnswer[]> {
  const nodes = reports.map(({ node }) => node);
  const [statuses, newest] = await Promise.all([lockStatuses(manager, nodes), readCommitOrder(manager)]);
  const judgements = statuses.map((before, index) => {
    const said = reports[index];
    if (said === undefined) throw new Error('a status without its report');
    return judgeReport(said.report, before, newest);
  });
  await store(
    manager,
    judgements.flatMap(({ taken }) => taken ?? []),
  );
  return judgements.map(({ answer }) => answer);
}

async function store(manager: EntityManager, taken: readonly TakenReport[]): Promise<void> {
  if (taken.length === 0) return;
  const agents = taken.filter(isOfAgent);
  const directors = taken.filter(isOfDirector);
  const [, , changed, heard, confirmed, isLettingGo] = await Promise.all([
    saveNodeStatuses(manager, taken),
    saveFaults(manager, taken),
    saveVipFacts(manager, agents),
    saveSilenceFacts(manager, directors),
    vipsConfirmedSince(manager, agents),
    directors.length > 0 && hasDroppedMentions(manager),
  ]);
  await publish(manager, { vips: [...changed, ...confirmed], serviceIds: heard }, isLettingGo);
}

function isOfAgent(taken: TakenReport): taken is TakenReport<AgentReport> {
  return taken.report.role === 'agent';
}

function isOfDirector(taken: TakenReport): taken is TakenReport<DirectorReport> {
  return taken.report.role === 'director';
}

interface Moved {
  readonly vips: readonly VipOfNode[];
  readonly serviceIds: readonly string[];
}

async function publish(manager: EntityManager, moved: Moved, isLettingGo: boolean): Promise<void> {
  if (moved.vips.length + moved.serviceIds.length === 0 && !isLettingGo) return;
  const [order, known] = await Promise.all([holdCommits(manager), loadServicesAt(manager, moved.vips)]);
  const serviceIds = [...new Set([...known.map(({ id }) => id), ...moved.serviceIds])];
  if (serviceIds.length === 0 && !isLettingGo) return;
  await publishDocuments(manager, order, { serviceIds, vips: [], known });
}
