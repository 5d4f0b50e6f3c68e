import type { VipService } from '../../contract/documents.js';

/** What is asked of a service, as a text: whatever is asked otherwise has another one. */
export function questionKey({ protocol, port, endPort, http }: VipService): string {
  const { scheme, method, path, host, expectedStatus, expectedBody } = http ?? {};
  return JSON.stringify([protocol, port, endPort, scheme, method, path, host, expectedStatus, expectedBody]);
}
