/**
 * Decides whether what an operator's change takes away from directors needs a word of its own, and asks for it: before
 * the last servers, or the last that a director finds healthy, are taken from a service that goes on, and before more
 * services are gone within ten minutes than one difference may take (removal-window.ts). To delete a service, to disable it or to move it elsewhere says itself what
 * is lost. What it lets pass it has the documents say, so that directors know by which change they lose what they lose.
 */
import type { EntityManager } from 'typeorm';
import { differenceDigest, forwards, lossOf, type Loss } from '../../contract/blast-radius.js';
import type { Document, ServiceDocument } from '../../contract/documents.js';
import { Failed, type NeededApproval } from '../../domain/failure.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { approvedLosses } from '../delivery/publish/approved-losses.js';
import { judgeRemoval, type Counted, type JudgedRemoval } from '../delivery/publish/removal-window.js';
import { DIRECTORS_SCOPE, type Compared, type Judged } from '../delivery/publish/write-documents.js';
import type { CommitOrder } from '../store/commit-order.js';
import type { DocumentScopeRow } from '../store/rows/document-scope.row.js';
import { approvalRequired } from './approval-required.js';
import { takesLastHealthy } from './takes-last-healthy.js';

/** One service of which packets went somewhere, and what is left of it after the change. */
interface Lost {
  readonly before: Document<ServiceDocument>;
  readonly after: Compared;
}

/** The service before the change and after it, and the difference that the caller approved. */
interface Asked {
  readonly before: VirtualService | null;
  readonly after: VirtualService | null;
  readonly approve: string | undefined;
}

export async function approveChange(
  manager: EntityManager,
  { revision }: CommitOrder,
  services: Judged,
  { before, after, approve }: Asked,
): Promise<Judged> {
  const reached = services.moved.filter(({ digestBefore }) => digestBefore !== null);
  const emptied = reached.filter(({ body }) => !forwards(body));
  const lost = await lossesOf(manager, emptied);
  if (lost.length > 0) await judge(manager, lost, withdraws(before, after), approve);
  const others = reached.filter((document) => !emptied.includes(document));
  const unhealthy = (await takesLastHealthy(manager, before, others)) ? others : [];
  if (unhealthy.length > 0) requireWord(await lossesOf(manager, unhealthy), approve);
  const keys = [...services.moved, ...services.same].map(({ key }) => key);
  const worded = approvedLosses(services, new Set(keys), revision);
  return {
    ...worded,
    moved: worded.moved.map((each) => (unhealthy.includes(each) ? { ...each, approval: revision } : each)),
  };
}

/** The change itself says that the service shall no longer be what and where it was. */
function withdraws(before: VirtualService | null, after: VirtualService | null): boolean {
  if (before === null || after === null || !after.enabled) return true;
  return (['address', 'protocol', 'port', 'endPort'] as const).some(
    (field) => before[field] !== after[field],
  );
}

async function judge(
  manager: EntityManager,
  lost: readonly Lost[],
  saysItself: boolean,
  approve: string | undefined,
): Promise<void> {
  const digest = differenceDigest(lost.map(differenceOf));
  const isApproved = approve === digest;
  const removal = saysItself ? await judgeRemovals(manager, lost.length) : null;
  if (!isApproved && (removal === null || removal.isLarge)) {
    const becomes = removal === null ? 'empty' : 'removed';
    throw new Failed(approvalRequired(neededApproval(digest, lost, becomes, removal)));
  }
  // What was approved is not counted with what follows.
  if (removal !== null) await keepWindow(manager, isApproved && removal.isLarge ? null : removal);
}

function requireWord(lost: readonly Lost[], approve: string | undefined): void {
  const digest = differenceDigest(lost.map(differenceOf));
  if (approve !== digest) throw new Failed(approvalRequired(neededApproval(digest, lost, 'unhealthy', null)));
}

/** Of what is left only who still gets packets: a repeated request has taken other numbers for who is to be asked about. */
function differenceOf({ before, after: { body } }: Lost): Loss {
  const { servers = [], silenceProbes: _, ...rest } = (body ?? {}) as Partial<ServiceDocument>;
  return lossOf(before, {
    ...before,
    body: servers.length === 0 ? null : ({ ...rest, servers } as ServiceDocument),
  });
}

function neededApproval(
  digest: string,
  lost: readonly Lost[],
  becomes: NeededApproval['services'][number]['becomes'],
  removal: JudgedRemoval | null,
): NeededApproval {
  return {
    approve: digest,
    services: lost.map(({ before: { key, body } }) => ({
      id: key,
      address: body?.address ?? '',
      protocol: body?.protocol ?? 'tcp',
      port: body?.port ?? 0,
      becomes,
    })),
    removedLately: removal === null ? null : removal.lost - lost.length,
    of: removal?.of ?? null,
  };
}

/** As a rule there are no suspects, and no stored document is read. */
async function lossesOf(manager: EntityManager, suspects: readonly Compared[]): Promise<Lost[]> {
  if (suspects.length === 0) return [];
  const rows: Document<ServiceDocument>[] = await manager.query(
    `SELECT key, version::float8 AS version, revision::float8 AS revision, body FROM document
     WHERE scope = '${DIRECTORS_SCOPE}' AND key = ANY ($1)`,
    [suspects.map(({ key }) => key)],
  );
  const stored = new Map(rows.map((row) => [row.key, row]));
  return suspects.flatMap((after) => {
    const before = stored.get(after.key);
    return before !== undefined && forwards(before.body) ? [{ before, after }] : [];
  });
}

async function judgeRemovals(manager: EntityManager, removing: number): Promise<JudgedRemoval> {
  const [row]: (Counted & { readonly window: DocumentScopeRow['removalWindow'] })[] = await manager.query(
    `SELECT bodies, arrivals::float8 AS arrivals, removal_window AS window FROM document_scope
     WHERE scope = '${DIRECTORS_SCOPE}'`,
  );
  const { window, ...counted } = row ?? { bodies: 0, arrivals: 0, window: null };
  const before = window === null ? null : { ...window, since: new Date(window.since) };
  return judgeRemoval(counted, before, removing, new Date());
}

async function keepWindow(manager: EntityManager, removal: JudgedRemoval | null): Promise<void> {
  await manager.query(`UPDATE document_scope SET removal_window = $1 WHERE scope = '${DIRECTORS_SCOPE}'`, [
    removal === null ? null : JSON.stringify(removal.window),
  ]);
}
