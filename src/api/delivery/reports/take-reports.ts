/**
 * Takes what nodes say of themselves into the facts, and lets the compiler see whatever that may move: a VIP that is
 * now proved admits its servers, a director that has let go of a host lets its VIPs leave. One that is late, after a
 * newer one was taken, is dropped. Reports that say nothing new cost a few statements for all of them together, and
 * take the commit order only from a director, while a VIP waits to leave a host, and from who answers a change.
 */
import { isIP } from 'node:net';
import { isUUID } from 'class-validator';
import type { EntityManager } from 'typeorm';
import type { AgentReport, DirectorReport, Report, ReportAnswer } from '../../../contract/report.js';
import type { NodeIdentity } from '../../http/request-context.js';
import type { VirtualService } from '../../../domain/virtual-service.js';
import { holdCommits, readCommitOrder, type CommitOrder } from '../../store/commit-order.js';
import { notify, REPORTS_CHANNEL } from '../../store/channels.js';
import { touchFacts, type TouchedFacts } from '../../store/touched-facts.js';
import { loadServicesAt, type VipOfNode } from '../../store/load-virtual-services.js';
import { hasDroppedMentions } from '../publish/mentions.js';
import { approvedLosses } from '../publish/approved-losses.js';
import { publishDocuments } from '../publish/publish-documents.js';
import type { Judged } from '../publish/write-documents.js';
import { judgeReport, type TakenReport } from './judge-reports.js';
import { lockStatuses } from './lock-statuses.js';
import { saveFaults } from './save-faults.js';
import { saveHealthFacts } from './save-health-facts.js';
import { saveNodeStatuses } from './save-node-statuses.js';
import { saveSilenceFacts } from './save-silence-facts.js';
import { saveVipFacts, type MovedVip } from './save-vip-facts.js';
import { turnHosts, turnsOf } from './turn-hosts.js';
import { vipsConfirmedSince } from './vips-confirmed-since.js';

/** VIPs, in all reports of a group. */
const MOST_NEWS = 200;

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
  const news = newsOf(agents);
  const isConfirming = taken.some(confirmsMore);
  const [, faults, facts, heard, checked, confirmed, isLettingGo, held] = await Promise.all([
    saveNodeStatuses(manager, taken),
    saveFaults(manager, taken),
    saveVipFacts(manager, agents),
    saveSilenceFacts(manager, directors),
    saveHealthFacts(manager, directors),
    vipsConfirmedSince(manager, agents),
    directors.length > 0 && hasDroppedMentions(manager),
    news.length > 0 ? holdServicesAt(manager, news) : null,
    isConfirming && notify(manager, REPORTS_CHANNEL),
  ]);
  const touching = touch(manager, touchedBy({ faults, facts, heard, checked }));
  const moved = [...facts.filter(({ judged }) => judged), ...confirmed];
  const turns = turnsOf(agents);
  if (moved.length + heard.length + turns.length === 0 && !isLettingGo) return touching;
  const [{ order, services }] = await Promise.all([holdMoved(manager, moved, held), touching]);
  const turned = await turnHosts(manager, order, turns);
  const serviceIds = [...new Set([...services.map(({ id }) => id), ...heard, ...turned.serviceIds])];
  if (serviceIds.length === 0 && !isLettingGo) return;
  // That a host is given up is somebody's word, said on that host.
  const turning = new Map(turned.serviceIds.map((id) => [id, order.revision]));
  const approve = (judged: Judged) => approvedLosses(judged, turning);
  await publishDocuments(manager, order, { serviceIds, vips: turned.vips, known: services }, approve);
}

interface Moves {
  /** Keys of documents: of a director's the service, of an agent's the VIP. */
  readonly faults: readonly string[];
  readonly facts: readonly MovedVip[];
  readonly heard: readonly string[];
  readonly checked: readonly number[];
}

/** Keys of faults are whatever a node sends: only what is an id or an address is asked for. */
function touchedBy({ faults, facts, heard, checked }: Moves): TouchedFacts {
  const ofVips = faults.filter((key) => isIP(key) !== 0 && !key.includes('%'));
  return {
    serviceIds: [...new Set([...heard, ...faults.filter((key) => isUUID(key, 'loose'))])],
    serverNumbers: [...new Set(checked)],
    vips: [...new Set([...facts.map(({ vip }) => vip), ...ofVips])],
  };
}

async function touch(manager: EntityManager, touched: TouchedFacts): Promise<void> {
  if (Object.values(touched).some((moved) => moved.length > 0)) await touchFacts(manager, touched);
}

/** The commit order, and services that nobody changes any more before this transaction ends. */
interface Held {
  readonly order: CommitOrder;
  readonly vips: readonly VipOfNode[];
  readonly services: readonly VirtualService[];
}

async function holdServicesAt(manager: EntityManager, vips: readonly VipOfNode[]): Promise<Held> {
  const [order, services] = await Promise.all([holdCommits(manager), loadServicesAt(manager, vips)]);
  return { order, vips, services };
}

/** Those of the moved VIPs; what is held already is not asked for again. */
async function holdMoved(
  manager: EntityManager,
  moved: readonly VipOfNode[],
  held: Held | null,
): Promise<Held> {
  const inHand = new Set(held?.vips.map(placeOf));
  if (held === null || !moved.every((vip) => inHand.has(placeOf(vip)))) return holdServicesAt(manager, moved);
  const addresses = new Set(moved.map(({ vip }) => vip));
  return { ...held, services: held.services.filter(({ address }) => addresses.has(address)) };
}

function placeOf({ nodeId, vip }: VipOfNode): string {
  return `${nodeId} ${vip}`;
}

/**
 * The VIPs of reports that answer a change of documents, which as a rule move services: those are asked for together with
 * what is saved. New words alone move nothing and hold up nobody; and where VIPs are many, one question more is nothing.
 */
function newsOf(agents: readonly TakenReport<AgentReport>[]): VipOfNode[] {
  const news = agents
    .filter((one) => !one.report.complete && confirmsMore(one))
    .flatMap(({ nodeId, report }) => report.vips.map(({ address }) => ({ nodeId, vip: address })));
  return news.length > MOST_NEWS ? [] : news;
}

function confirmsMore({ report: { position }, versionBefore }: TakenReport): boolean {
  return position !== null && position.version > (versionBefore ?? -1);
}

function isOfAgent(taken: TakenReport): taken is TakenReport<AgentReport> {
  return taken.report.role === 'agent';
}

function isOfDirector(taken: TakenReport): taken is TakenReport<DirectorReport> {
  return taken.report.role === 'director';
}
