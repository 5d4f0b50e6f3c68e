import { describe, expect, it } from 'vitest';
import { proofConditions } from './proof-conditions.js';
import { answering, host, provedFact, provedServer, SEEN_AT } from './sample-observation.fake.js';
import { sampleService } from './sample-service.fake.js';
import type { ServerObservation } from './status.js';

function verdict(type: string, parts: Partial<ServerObservation>, service = sampleService()) {
  return proofConditions(service, provedServer(parts)).find((each) => each.type === type);
}

const LOOP = {
  type: 'NotARouterLoop',
  status: 'False',
  reason: 'WouldLoop',
  message: '',
  since: SEEN_AT,
} as const;
const looping = host({ conditions: [LOOP] });
const UNBOUND = provedFact({ bound: false, reason: 'NotBound', message: 'not on lo' });

describe('the proofs of a real server', () => {
  it('are of its own service, where the VIP has several', () => {
    const refused = { status: 'False', reason: 'Refused', message: 'nothing listens', since: null } as const;
    const services = [answering({ port: 443, ready: false, answers: refused }), answering()];
    const parts = { fact: provedFact({ services }) };
    expect(verdict('ServiceAnswersOnVip', parts)).toMatchObject({ status: 'True', since: SEEN_AT });
    expect(verdict('ServiceAnswersOnVip', parts, sampleService({ port: 443 }))).toMatchObject({
      status: 'False',
    });
    expect(verdict('ServiceAnswersOnVip', parts, sampleService({ port: 25 }))).toMatchObject({
      status: 'Unknown',
      reason: 'AgentNotReported',
    });
  });

  it('say nothing of a service whose VIP is not bound, whatever it answered before', () => {
    const found = verdict('ServiceAnswersOnVip', { fact: UNBOUND });
    expect(found).toMatchObject({ status: 'Unknown', reason: 'VipNotBound' });
  });

  it('find a loop where the host forwards and this VIP is not bound, and not where another one is missing', () => {
    expect(verdict('NotARouterLoop', { host: looping, fact: UNBOUND })).toMatchObject({ status: 'False' });
    expect(verdict('NotARouterLoop', { host: looping })).toMatchObject({
      status: 'True',
      reason: 'VipBound',
    });
  });

  it('are unknown where the host said nothing of them', () => {
    expect(verdict('GuardLoaded', { host: null })).toMatchObject({ status: 'Unknown' });
    expect(verdict('GuardLoaded', { host: looping })).toMatchObject({ status: 'Unknown' });
  });

  it('are stale as a whole, not false, when the agent is silent', () => {
    const agent = {
      nodeId: 'n',
      name: 'web-11',
      connected: false,
      positionVersion: 20,
      revision: null,
      leaving: false,
      lastSeenAt: SEEN_AT,
    };
    const found = proofConditions(sampleService(), provedServer({ agent, fact: UNBOUND }));
    expect(
      new Set(found.map(({ status, reason, since }) => `${status} ${reason} ${since?.getTime()}`)),
    ).toEqual(new Set([`Unknown Stale ${SEEN_AT.getTime()}`]));
    expect(found[0]?.message).toContain('False, NotBound: not on lo');
  });
});
