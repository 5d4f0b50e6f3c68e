import type { Document, ServiceDocument } from '../contract/documents.js';

export function forwardedPart(document: Document<ServiceDocument>): Document<ServiceDocument> {
  const body = forwardedBody(document.body);
  return body === document.body ? document : { ...document, body };
}

/** A service that is there for its probes alone has no VIP and no element. */
export function forwardedBody(body: ServiceDocument | null): ServiceDocument | null {
  const onlyAsks = body?.silenceProbes !== undefined && body.servers.length === 0;
  return onlyAsks ? null : body;
}
