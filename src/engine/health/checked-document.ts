import type { Document, ServiceDocument } from '../../contract/documents.js';
import type { ServiceInForce } from '../drivers/forwarding-driver.js';
import type { CheckedService } from '../../forwarding/service-standing.js';

/** Of a service whose servers are checked. */
export type CheckedDocument = ServiceInForce & { readonly body: ServiceDocument & CheckedService };

export function isChecked(document: Document<ServiceDocument>): document is CheckedDocument {
  return document.body?.healthCheck !== undefined;
}
