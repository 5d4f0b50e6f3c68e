/**
 * Documents with a server on no segment that the director is on, by key and version: each is worth a look at the host when
 * it is first found so, for the host may have moved, and not each time.
 */
import type { Document, ServiceDocument } from '../contract/documents.js';
import type { Survey } from './network/survey.js';

export class StrandedDocuments {
  private readonly versions = new Map<string, number>();

  /** Whether there are any among these, and whether all of them were found so before. */
  among(documents: readonly Document<ServiceDocument>[], place: Survey): 'none' | 'known' | 'new' {
    const lost = new Set(documents.filter((each) => isStranded(each, place)));
    for (const each of documents) if (!lost.has(each)) this.versions.delete(each.key);
    if (lost.size === 0) return 'none';
    const known = [...lost].every(({ key, version }) => this.versions.get(key) === version);
    for (const { key, version } of lost) this.versions.set(key, version);
    return known ? 'known' : 'new';
  }
}

function isStranded({ body }: Document<ServiceDocument>, { ground }: Survey): boolean {
  return body?.servers.some(({ address }) => ground.segments.deviceFor(address) === undefined) ?? false;
}
