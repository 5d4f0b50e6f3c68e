import { describe, expect, it } from 'vitest';
import { changedRealServer, type RealServerChanges } from './real-server.js';
import { sampleServer } from './sample-service.fake.js';

const ATTESTATION = { actor: 'ops', at: new Date('2026-01-01T00:00:00Z'), ticket: null, revision: 5 };
const attested = sampleServer({ managed: false, attestation: ATTESTATION });

const afterwards = (changes: RealServerChanges) => changedRealServer(attested, changes).attestation;

describe('an attestation of a real server', () => {
  it.each<[string, RealServerChanges]>([
    ['it is disabled', { enabled: false }],
    ['it returns by the director, and shall hold no VIP', { forwardingMethod: 'nat' }],
    ['an agent takes over', { managed: true }],
  ])('ends when %s', (_, changes) => expect(afterwards(changes)).toBeNull());

  it('stays when its share of the flows changes', () => {
    expect(afterwards({ weight: 0 })).toEqual(ATTESTATION);
  });
});
