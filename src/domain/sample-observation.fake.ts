/** What nodes report when all is well with the service of sample-service.fake.ts. For specs. */
import type { DirectorObservation, ServerObservation, ServiceObservation } from './status.js';

export const SEEN_AT = new Date('2026-01-02T00:00:00Z');

export function provedServer(parts: Partial<ServerObservation> = {}): ServerObservation {
  return {
    agent: { nodeId: 'node-11', name: 'web-11', connected: true, positionVersion: 20 },
    vipDocument: { version: 18, presentSince: 10 },
    fact: { bound: true, silent: true, reason: 'Proved', message: 'bound and silent' },
    fault: null,
    namedByDirectors: true,
    draining: false,
    changedAt: SEEN_AT,
    ...parts,
  };
}

export function director(parts: Partial<DirectorObservation> = {}): DirectorObservation {
  return { name: 'lb-1', versionInForce: 30, fault: null, connected: true, ...parts };
}

export function forwardedService(parts: Partial<ServiceObservation> = {}): ServiceObservation {
  return {
    document: { version: 25, revision: 7, confirmedRevision: 6 },
    directors: [director()],
    changedAt: SEEN_AT,
    ...parts,
  };
}
