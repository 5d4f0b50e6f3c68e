/**
 * Marks documents of services that operators took away, or took the last servers from, with the revision of that change:
 * a director lets go of nothing without one (see docs/adr/0040). The word stays with the document until the service
 * reaches somebody again. Pure.
 */
import { forwards } from '../../../contract/blast-radius.js';
import type { Compared, Judged } from './write-documents.js';

/** Asked for services before they are stored. */
export type ApproveLosses = (services: Judged) => Judged | Promise<Judged>;

/** Facts change, and nobody has said a word. */
export const nobodysWord: ApproveLosses = (services) => services;

/** @param revisions of the operators' changes by which each of these services, where it reaches nobody, shall do so. */
export function approvedLosses(services: Judged, revisions: ReadonlyMap<string, number>): Judged {
  const isMeant = (document: Compared) => revisions.has(document.key) && !forwards(document.body);
  // Of one that was gone before, by a report, the word is all that is new.
  const worded = services.same.filter((document) => isMeant(document) && document.goneUnapproved);
  const moved = [...services.moved, ...worded].map((document) =>
    isMeant(document) ? { ...document, approval: revisions.get(document.key) } : document,
  );
  return { ...services, moved, same: services.same.filter((document) => !worded.includes(document)) };
}
