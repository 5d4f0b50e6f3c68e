/**
 * Decides whether what an operator's change takes away from directors needs a word of its own: before
 * the last servers, or the last that a director finds healthy, are taken from a service that goes on, and before more
 * services are gone within ten minutes than one difference may take (removal-window.ts). To delete a service, to disable it or to move it elsewhere says itself what
 * is lost. What it lets pass it has the documents say, so that directors know by which change they lose what they lose.
 */
import type { EntityManager } from 'typeorm';
import { differenceDigest, forwards, lossOf, type Loss } from '../../contract/blast-radius.js';
import type { Document, ServiceDocument } from '../../contract/documents.js';
import type { NeededApproval } from '../../domain/failure.js';
import { approvedLosses } from '../delivery/publish/approved-losses.js';
import {
  judgeRemoval,
  type Counted,
  type JudgedRemoval,
  type RemovalWindow,
} from '../delivery/publish/removal-window.js';
import { DIRECTORS_SCOPE, type Compared, type Judged } from '../delivery/publish/write-documents.js';
import type { SavedChange } from '../store/save-virtual-services.js';
import type { DocumentScopeRow } from '../store/rows/document-scope.row.js';
import { losingLastHealthy } from './losing-last-healthy.js';

/** One service of which packets went somewhere, and what is left of it after the change. */
interface Lost {
  readonly before: Document<ServiceDocument>;
  readonly after: Compared;
  readonly becomes: NeededApproval['services'][number]['becomes'];
}

/** The services before the change and after it, and the difference that the caller approved. */
interface Asked {
  readonly changes: readonly SavedChange[];
  readonly approve: string | undefined;
}

export interface JudgedLosses {
  /** The documents, which say by which change directors lose what they lose. */
  readonly services: Judged;
  /** What the change needs a word for; null: for nothing. */
  readonly needed: NeededApproval | null;
  /** Exactly that was approved. */
  readonly isApproved: boolean;
  /** Removals as they are counted from now on; null: begun anew. Undefined: as they are. */
  readonly window: RemovalWindow | null | undefined;
}

export async function judgeLosses(
  manager: EntityManager,
  services: Judged,
  { changes, approve }: Asked,
): Promise<JudgedLosses> {
  const reached = services.moved.filter(({ digestBefore }) => digestBefore !== null);
  const emptied = reached.filter(({ body }) => !forwards(body));
  const others = reached.filter((document) => !emptied.includes(document));
  const unhealthy = await losingLastHealthy(manager, changes, others);
  const lost = await lossesOf(manager, [...emptied, ...unhealthy], becomesBy(changes));
  const judged = lost.length > 0 ? await judge(manager, lost, approve) : NOTHING_LOST;
  const revisions = new Map(
    changes.map(({ before, after, revision }) => [(after ?? before)?.id ?? '', revision]),
  );
  const worded = approvedLosses(ofRevisions(services, revisions), revisions);
  const keys = new Set(unhealthy.map(({ key }) => key));
  const moved = worded.moved.map((each) =>
    keys.has(each.key) ? { ...each, approval: revisions.get(each.key) } : each,
  );
  return { ...judged, services: { ...worded, moved } };
}

/** Each says what it says by the revision of its own change. */
function ofRevisions(services: Judged, revisions: ReadonlyMap<string, number>): Judged {
  const ofOne = (document: Compared) => ({ ...document, revision: revisions.get(document.key) });
  return { ...services, moved: services.moved.map(ofOne), same: services.same.map(ofOne) };
}

type Word = Omit<JudgedLosses, 'services'>;

const NOTHING_LOST: Word = { needed: null, isApproved: false, window: undefined };

function becomesBy(changes: readonly SavedChange[]): (document: Compared) => Lost['becomes'] {
  const withdrawn = new Set(changes.filter(withdraws).map(({ before }) => before?.id));
  return ({ key, body }) => (forwards(body) ? 'unhealthy' : withdrawn.has(key) ? 'removed' : 'empty');
}

/** The change itself says that the service shall no longer be what and where it was. */
export function withdraws({ before, after }: Pick<SavedChange, 'before' | 'after'>): boolean {
  if (before === null || after === null || !after.enabled) return true;
  return (['address', 'protocol', 'port', 'endPort'] as const).some(
    (field) => before[field] !== after[field],
  );
}

async function judge(
  manager: EntityManager,
  lost: readonly Lost[],
  approve: string | undefined,
): Promise<Word> {
  const digest = differenceDigest(lost.map(differenceOf));
  const isApproved = approve === digest;
  const removed = lost.filter(({ becomes }) => becomes === 'removed').length;
  const removal = removed > 0 ? await judgeRemovals(manager, removed) : null;
  const needsWord = removed < lost.length || removal?.isLarge === true;
  return {
    needed: needsWord ? neededApproval(digest, lost, removal) : null,
    isApproved,
    // What was approved is not counted with what follows.
    window: removal === null ? undefined : isApproved && removal.isLarge ? null : removal.window,
  };
}

/** Of what is left only who still gets packets: a repeated request has taken other numbers for who is to be asked about. */
function differenceOf({ before, after: { body } }: Lost): Loss {
  const { servers = [], silenceProbes: _, ...rest } = (body ?? {}) as Partial<ServiceDocument>;
  return lossOf(before, {
    ...before,
    body: servers.length === 0 ? null : ({ ...rest, servers } as ServiceDocument),
  });
}

/** First what is no removal: a removal alone might have needed no word. */
function neededApproval(
  digest: string,
  lost: readonly Lost[],
  removal: JudgedRemoval | null,
): NeededApproval {
  const services = lost.map(({ before: { key, body }, becomes }) => ({
    id: key,
    address: body?.address ?? '',
    protocol: body?.protocol ?? 'tcp',
    port: body?.port ?? 0,
    becomes,
  }));
  const removed = services.filter(({ becomes }) => becomes === 'removed');
  return {
    approve: digest,
    services: [...services.filter((each) => !removed.includes(each)), ...removed],
    removedLately: removal === null ? null : removal.lost - removed.length,
    of: removal?.of ?? null,
  };
}

/** As a rule there are no suspects, and no stored document is read. */
async function lossesOf(
  manager: EntityManager,
  suspects: readonly Compared[],
  becomes: (document: Compared) => Lost['becomes'],
): Promise<Lost[]> {
  if (suspects.length === 0) return [];
  const rows: Document<ServiceDocument>[] = await manager.query(
    `SELECT key, version::float8 AS version, revision::float8 AS revision, body FROM document
     WHERE scope = '${DIRECTORS_SCOPE}' AND key = ANY ($1)`,
    [suspects.map(({ key }) => key)],
  );
  const stored = new Map(rows.map((row) => [row.key, row]));
  return suspects.flatMap((after) => {
    const before = stored.get(after.key);
    const isLoss = before !== undefined && forwards(before.body);
    return isLoss ? [{ before, after, becomes: becomes(after) }] : [];
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

export async function keepWindow(manager: EntityManager, { window }: JudgedLosses): Promise<void> {
  if (window === undefined) return;
  await manager.query(`UPDATE document_scope SET removal_window = $1 WHERE scope = '${DIRECTORS_SCOPE}'`, [
    window === null ? null : JSON.stringify(window),
  ]);
}
