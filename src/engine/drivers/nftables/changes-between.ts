import type { Document, ServiceDocument } from '../../../contract/documents.js';
import type { ServiceInForce } from '../forwarding-driver.js';

/** What has to be applied for exactly these documents to be in force. Pure. */
export function changesBetween(
  inForce: ReadonlyMap<string, ServiceInForce>,
  wanted: readonly ServiceInForce[],
): readonly Document<ServiceDocument>[] {
  const keys = new Set(wanted.map(({ key }) => key));
  const gone = [...inForce.values()].filter(({ key }) => !keys.has(key));
  const changed = wanted.filter((each) => {
    const now = inForce.get(each.key);
    return now?.version !== each.version || now.body !== each.body;
  });
  return [...gone.map((each) => ({ ...each, body: null })), ...changed];
}
