import type { Document, ServiceDocument } from '../contract/documents.js';

/** A service that is there for its probes alone has no VIP and no element. */
export function forwardedPart(document: Document<ServiceDocument>): Document<ServiceDocument> {
  const { body } = document;
  const onlyAsks = body?.silenceProbes !== undefined && body.servers.length === 0;
  return onlyAsks ? { ...document, body: null } : document;
}
