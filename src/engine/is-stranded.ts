import type { Document, ServiceDocument } from '../contract/documents.js';
import type { Survey } from './network/survey.js';

/** Whether a server of the service is on no segment that the director is on. */
export function isStranded({ body }: Document<ServiceDocument>, { ground }: Survey): boolean {
  return body?.servers.some(({ address }) => ground.segments.deviceFor(address) === undefined) ?? false;
}
