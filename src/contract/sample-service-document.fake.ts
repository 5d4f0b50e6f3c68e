import type { ServiceDocument } from './documents.js';

/** A web service with the servers 11 and 12, each at the address that ends so. What is named is otherwise. For specs. */
export function sampleServiceDocument(changes: Partial<ServiceDocument> = {}): ServiceDocument {
  return {
    kind: 'service',
    number: 1,
    address: '192.0.2.200',
    protocol: 'tcp',
    port: 80,
    endPort: 80,
    scheduler: 'maglev',
    slots: 64,
    servers: [11, 12].map((last) => ({ number: last, address: `192.0.2.${last}`, weight: 1000 })),
    ...changes,
  };
}
