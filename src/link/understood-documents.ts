/**
 * Tells the held documents that this program understands from those that it does not, as happens where the control
 * plane is newer than the node. It never lets one count as gone because nobody here can read it. Pure.
 */
import { bodyDecoder } from '../contract/decode-documents.js';
import type { Document, DocumentBody } from '../contract/documents.js';
import type { NodeRole } from '../contract/join.js';
import type { Fault } from '../contract/report.js';
import type { HeldDocuments } from './held/held-documents.js';

export interface UnderstoodDocuments<B extends DocumentBody> {
  /** To be put in force; in place of one that is not understood the last one that was. */
  readonly documents: ReadonlyMap<string, Document<B>>;
  /** Never understood: there is no former one. */
  readonly strange: readonly Document[];
  /** What is not understood, by key. */
  readonly problems: ReadonlyMap<string, string>;
}

/** `inForce`: what is known to be so, for a document of which no former one is held. */
export function understoodDocuments<B extends DocumentBody>(
  held: HeldDocuments,
  role: NodeRole,
  inForce: ReadonlyMap<string, Document<B>>,
): UnderstoodDocuments<B> {
  const sorted = {
    documents: new Map<string, Document<B>>(),
    strange: [] as Document[],
    problems: new Map<string, string>(),
  };
  for (const document of held.wantedDocuments()) {
    const { key } = document;
    const problem = bodyProblem(role, document);
    const former = held.understood.get(key) ?? inForce.get(key);
    if (problem !== undefined) sorted.problems.set(key, problem);
    const usable = problem === undefined ? document : former;
    if (usable === undefined) sorted.strange.push(document);
    else sorted.documents.set(key, usable as Document<B>);
  }
  return sorted;
}

/** Why this program can make nothing of the document. */
export function bodyProblem(role: NodeRole, { body }: Document): string | undefined {
  if (body === null) return undefined;
  const decoded = bodyDecoder(role)(body);
  return decoded.ok ? undefined : decoded.problem;
}

export function notUnderstood(key: string, versionInForce: number | null, problem: string): Fault {
  const message = `this node does not understand the document (${problem}), and what it has of it stays as it is; is it older than the control plane?`;
  return { key, versionInForce, reason: 'NotUnderstood', message };
}
