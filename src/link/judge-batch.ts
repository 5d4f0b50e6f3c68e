/**
 * Decides whether a node takes a batch of documents, and what of it is new.
 * It never lets a node go back in the history, mix two installations, or hold a set other than the one that the
 * control plane compiled. Pure: what is held goes in, a judgement comes out.
 */
import type { HealthOf } from '../contract/blast-radius.js';
import { documentDigest, EMPTY_SET_DIGEST, toggleInSetDigest } from '../contract/digest.js';
import type { Document } from '../contract/documents.js';
import type { NodeRole } from '../contract/join.js';
import type { DocumentsMessage } from '../contract/stream.js';
import type { HeldDocument, HeldDocuments, HeldHead } from './held/held-documents.js';
import { HEALTH_UNKNOWN, refusedLosses } from './judge-losses.js';
import { isMassRelease, massReleaseMessage } from './mass-release.js';
import { NOTHING_APPROVED, type ReleaseApproval } from './release-approval.js';

/** All parts of a batch in one; the rest is what the last part said. */
export type Batch = Omit<DocumentsMessage, 'last' | 'format'>;

export type RefusalReason =
  'ForeignCluster' | 'LowerEpoch' | 'OlderVersion' | 'DigestMismatch' | 'ReleaseRefused';

export type Judgement =
  | {
      readonly taken: true;
      readonly head: HeldHead;
      /**
       * New, changed and gone documents; those that are held as they are, are left out. Of some a director refuses the
       * change.
       */
      readonly changed: readonly HeldDocument[];
      /** Whether everything is to be brought in line, and not these changes alone. */
      readonly whole: boolean;
    }
  | { readonly taken: false; readonly reason: RefusalReason; readonly message: string };

/** What the node joined. */
export interface Membership {
  readonly cluster: string;
  readonly role: NodeRole;
}

/** `approval`: what an operator said on this host may go. `healthOf`: what a director knows of its servers. */
export function judgeBatch(
  held: HeldDocuments,
  { cluster, role }: Membership,
  batch: Batch,
  approval: ReleaseApproval = NOTHING_APPROVED,
  healthOf: HealthOf = HEALTH_UNKNOWN,
): Judgement {
  const refusal = placeRefusal(held.head, cluster, batch);
  if (refusal !== undefined) return refusal;
  const { digest, changed: found } =
    batch.kind === 'snapshot' ? fromSnapshot(held, batch) : fromDelta(held, batch);
  if (digest !== batch.digest) {
    return refused(
      'DigestMismatch',
      `the ${batch.kind} does not add up to the set it names; a snapshot is asked for`,
    );
  }
  // Who joined another installation since has left those VIPs behind on purpose.
  const left = held.head !== null && held.head.cluster !== cluster;
  const worded = found.map((document) => (left || approval(document.key) ? approved(document) : document));
  const tooMuch = role === 'agent' ? releaseRefusal(held, worded) : undefined;
  if (tooMuch !== undefined) return tooMuch;
  const changed = role === 'director' ? judgedLosses(held, worded, healthOf) : worded;
  const { epoch, version, revision, seed } = batch;
  const head: HeldHead = { cluster, epoch, version, revision, seed, digest };
  return { taken: true, head, changed, whole: isWhole(held.head, batch, changed) };
}

/** One bad service holds up no other: the batch is taken, and what it may not take away stays. */
function judgedLosses(
  held: HeldDocuments,
  changed: readonly Document[],
  healthOf: HealthOf,
): readonly HeldDocument[] {
  const losses = refusedLosses(held, changed, healthOf);
  if (losses.size === 0) return changed;
  return changed.map((each) => (losses.has(each.key) ? { ...each, refused: true } : each));
}

/** What went before without a word, in however many batches, counts as well: else half and half again would be all. */
function releaseRefusal(held: HeldDocuments, changed: readonly Document[]): Judgement | undefined {
  const leaving = changed.filter((each) => isUnapproved(each) && held.documents.has(each.key));
  if (leaving.length === 0) return undefined;
  const settled = new Set(changed.filter((each) => !isUnapproved(each)).map(({ key }) => key));
  const lapsed = [...held.lapsed.keys()].filter((key) => !settled.has(key));
  // Those that go by somebody's word are no part of what is left to judge, as if they had gone in a batch before.
  const released = new Set(
    changed.filter(({ body, key }) => body === null && settled.has(key)).map(({ key }) => key),
  );
  const unapproved = leaving.length + lapsed.length;
  const all = [...held.documents.keys(), ...held.lapsed.keys()].filter((key) => !released.has(key)).length;
  if (!isMassRelease(unapproved, all)) return undefined;
  return refused('ReleaseRefused', massReleaseMessage(unapproved, all));
}

function isUnapproved({ body, approval }: Document): boolean {
  return body === null && approval === undefined;
}

function isWhole(head: HeldHead | null, batch: Batch, changed: readonly Document[]): boolean {
  // The seed goes into every flow hash, so a new one concerns every document.
  if (head === null || head.seed !== batch.seed) return true;
  return batch.kind === 'snapshot' && changed.length > 0;
}

function placeRefusal(head: HeldHead | null, cluster: string, batch: Batch): Judgement | undefined {
  if (batch.cluster !== cluster) {
    return refused('ForeignCluster', `this node joined ${cluster}; the documents are of ${batch.cluster}`);
  }
  if (head === null || head.cluster !== cluster) return undefined;
  if (batch.epoch < head.epoch) {
    return refused(
      'LowerEpoch',
      `epoch ${batch.epoch} was left for ${head.epoch}; was an old backup restored?`,
    );
  }
  if (batch.epoch === head.epoch && batch.version < head.version) {
    return refused('OlderVersion', `version ${batch.version} is older than the ${head.version} that is held`);
  }
  return undefined;
}

interface Outcome {
  readonly digest: string;
  readonly changed: Document[];
}

function fromSnapshot(held: HeldDocuments, batch: Batch): Outcome {
  const keys = new Set<string>();
  let digest = EMPTY_SET_DIGEST;
  for (const document of batch.documents) {
    keys.add(document.key);
    digest = toggled(digest, document);
  }
  const gone = [...held.documents.keys()].filter((key) => !keys.has(key));
  const changed = batch.documents.filter((document) => isNews(held, document));
  return { digest, changed: [...gone.map((key) => tombstone(key, batch)), ...changed] };
}

function fromDelta(held: HeldDocuments, batch: Batch): Outcome {
  const latest = new Map(batch.documents.map((document) => [document.key, document]));
  let digest = held.head?.digest ?? EMPTY_SET_DIGEST;
  const changed: Document[] = [];
  for (const document of latest.values()) {
    const before = held.documents.get(document.key);
    // A delta may come twice or late; the newer of two bodies stays.
    if (isNewer(held.head, before, batch, document) || !isNews(held, document)) continue;
    digest = toggled(toggled(digest, before), document);
    changed.push(document);
  }
  return { digest, changed };
}

function isNewer(
  head: HeldHead | null,
  before: Document | undefined,
  batch: Batch,
  document: Document,
): boolean {
  return before !== undefined && head?.epoch === batch.epoch && before.version > document.version;
}

/** That something may go is news also where it is held no more: the host may have it still. */
function isNews(held: HeldDocuments, document: Document): boolean {
  const { key, body, approval } = document;
  if (approval !== undefined && held.refused.has(key)) return true;
  if (body === null && approval !== undefined && !held.released.has(key)) return true;
  return !isSame(held.documents.get(key), document);
}

function isSame(before: Document | undefined, after: Document): boolean {
  if (before === undefined) return after.body === null;
  if (before.version !== after.version || before.body === null || after.body === null) return false;
  return documentDigest(before.key, before.body) === documentDigest(after.key, after.body);
}

function toggled(digest: string, document: Document | undefined): string {
  if (document === undefined || document.body === null) return digest;
  return toggleInSetDigest(digest, documentDigest(document.key, document.body));
}

/** By an operator, who changed nothing in the control plane for it. */
function approved(document: Document): Document {
  if (document.body !== null || document.approval !== undefined) return document;
  return { ...document, approval: document.revision };
}

function tombstone(key: string, { version, revision }: Batch): Document {
  return { key, version, revision, body: null };
}

function refused(reason: RefusalReason, message: string): Judgement {
  return { taken: false, reason, message };
}
