import type { VipService } from '../../contract/documents.js';

/** What is asked of a service, as a text: whatever is asked otherwise has another one. */
export function questionKey({ protocol, port, endPort, http }: VipService): string {
  const page = http === undefined ? [] : [http.scheme, http.path, http.host, http.expectedStatus];
  return JSON.stringify([protocol, port, endPort, ...page]);
}
