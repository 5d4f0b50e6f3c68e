import { describe, expect, it } from 'vitest';
import {
  at,
  conditionOf,
  director,
  FAULT,
  forwardedService,
  provedServer,
  UNPROVED,
} from './sample-observation.fake.js';
import { sampleServer, sampleService } from './sample-service.fake.js';
import { serviceStatus } from './service-status.js';
import type { ServerObservation, ServiceObservation } from './status.js';

function statusOf(
  servers: readonly Partial<ServerObservation>[],
  observation: Partial<ServiceObservation> = {},
  service = sampleService(),
) {
  const known = servers.map((parts, index) => [11 + index, provedServer(parts)] as const);
  return serviceStatus(service, forwardedService(observation), new Map(known));
}

describe('a virtual service', () => {
  it('is in sync and online when every node confirmed it', () => {
    const status = statusOf([{}, {}]);
    expect(status).toMatchObject({ provisioning: 'in-sync', operating: 'online', observedRevision: 7 });
    expect(status.conditions).toMatchObject([
      { type: 'InForce', status: 'True', reason: 'Confirmed' },
      { type: 'Forwarding', status: 'True', reason: 'AllServing' },
      { type: 'DirectorsReachable', status: 'True', reason: 'AllConnected' },
    ]);
    expect(status.conditions[0]).toMatchObject({ observedRevision: 7 });
  });

  it.each<[string, Partial<ServerObservation>, Partial<ServiceObservation>, string, string, string]>([
    [
      'no director has joined',
      { namedByDirectors: false },
      { directors: [] },
      'pending',
      'offline',
      'NoDirector',
    ],
    [
      'a director has not confirmed the newest document',
      {},
      { directors: [director(), director({ name: 'lb-2', versionInForce: 24 })] },
      'pending',
      'degraded',
      'DirectorsBehind',
    ],
    [
      'a director has confirmed nothing in this epoch',
      {},
      { directors: [director({ versionInForce: null })] },
      'pending',
      'degraded',
      'DirectorsBehind',
    ],
    [
      'a director could not',
      {},
      { directors: [director({ fault: FAULT })] },
      'failed',
      'degraded',
      'DirectorFault',
    ],
    ['an agent could not', { fault: FAULT, fact: UNPROVED }, {}, 'failed', 'degraded', 'RealServerFault'],
    [
      'an agent is behind',
      { vipDocument: { version: 21, presentSince: 10 } },
      {},
      'pending',
      'online',
      'RealServersBehind',
    ],
    [
      'an agent has not joined',
      { agent: null, vipDocument: null, fact: null },
      {},
      'pending',
      'degraded',
      'RealServersBehind',
    ],
    [
      'an agent took the document and proved nothing',
      { fact: null },
      {},
      'pending',
      'degraded',
      'RealServersBehind',
    ],
  ])('is not in sync while %s', (_sentence, server, service, provisioning, operating, reason) => {
    const status = statusOf([server, service.directors?.length === 0 ? server : {}], service);
    // What an agent lacks takes back nothing of what the directors forward.
    const forwarded = reason.startsWith('RealServer') ? 7 : 6;
    expect(status).toMatchObject({ provisioning, operating, observedRevision: forwarded });
    expect(conditionOf(status, 'InForce')).toMatchObject({ status: 'False', reason });
  });

  it.each([
    ['the revision of the document, while an agent is behind', 5, 5],
    ['its own, where the document answers to a later change of something else', 9, 7],
  ])('has in force %s', (_sentence, revision, observedRevision) => {
    const document = { version: 25, revision, confirmedRevision: 2 };
    const status = statusOf([{ fact: null }, {}], { document });
    expect(status).toMatchObject({ provisioning: 'pending', observedRevision });
    const behind = { document, directors: [director({ versionInForce: 24 })] };
    expect(statusOf([{ fact: null }, {}], behind).observedRevision).toBe(2);
  });

  it('says who is missing', () => {
    const behind = [director(), director({ name: 'lb-2', versionInForce: 24, connected: false })];
    const status = statusOf([{}, {}], { directors: behind });
    expect(conditionOf(status, 'InForce')).toMatchObject({ message: 'Not confirmed yet by lb-2 (away).' });
    expect(conditionOf(status, 'DirectorsReachable')).toMatchObject({ reason: 'DirectorAway' });
  });

  it("carries a director's own words", () => {
    const status = statusOf([{}, {}], { directors: [director({ fault: FAULT })] });
    expect(conditionOf(status, 'InForce')).toMatchObject({ message: 'lb-1: NftRefused: nft said no' });
  });

  it('stays online when its director is away and forwards from its last known good', () => {
    const status = statusOf([{}, {}], { directors: [director({ connected: false })] });
    expect(status).toMatchObject({ provisioning: 'in-sync', operating: 'online' });
  });

  it('is degraded while one of two servers serves, and offline while none does', () => {
    expect(statusOf([{ namedByDirectors: false }, {}]).operating).toBe('degraded');
    expect(statusOf([{ fact: UNPROVED }, { namedByDirectors: false }]).operating).toBe('offline');
    expect(statusOf([]).operating).toBe('offline');
  });

  it('misses no server that is disabled or has weight 0', () => {
    const resting = [sampleServer({ number: 12, enabled: false }), sampleServer({ number: 13, weight: 0 })];
    const service = sampleService({ realServers: [sampleServer(), ...resting] });
    const disabled = { agent: null, vipDocument: null, fact: null, namedByDirectors: false };
    expect(statusOf([{}, disabled, {}], {}, service)).toMatchObject({
      provisioning: 'in-sync',
      operating: 'online',
    });
  });

  it('without a server to use is in sync and offline', () => {
    const status = statusOf([], { document: null }, sampleService({ realServers: [] }));
    expect(status).toMatchObject({ provisioning: 'in-sync', operating: 'offline', observedRevision: 7 });
    expect(conditionOf(status, 'Forwarding')).toMatchObject({ reason: 'NoRealServer' });
  });

  it('tells the time of what somebody noted, and of nothing else', () => {
    const times = (on: Partial<ServiceObservation>) =>
      Object.fromEntries(statusOf([{}, {}], on).conditions.map((each) => [each.type, each.lastTransitionAt]));
    const [fault, gone, before] = [at(5), at(7), at(9)];
    const unnoted = { InForce: null, Forwarding: null, DirectorsReachable: null };
    expect(times({ changedAt: fault })).toEqual(unnoted);
    expect(times({ changedAt: fault, directors: [director({ fault: FAULT })] })).toEqual({
      ...unnoted,
      InForce: fault,
    });
    const away = [gone, before].map((lastSeenAt) => director({ connected: false, lastSeenAt }));
    expect(times({ directors: [...away, director()] })).toEqual({ ...unnoted, DirectorsReachable: gone });
  });

  it('that is disabled says so, and waits for the directors to drop it', () => {
    const service = sampleService({ enabled: false });
    const gone = { vipDocument: null };
    expect(statusOf([gone, gone], {}, service)).toMatchObject({
      provisioning: 'in-sync',
      operating: 'disabled',
    });
    const behind = { directors: [director({ versionInForce: 24 })] };
    expect(statusOf([gone, gone], behind, service).provisioning).toBe('pending');
  });
});
