import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answering,
  director,
  forwardedService,
  host,
  network,
  provedFact,
  provedServer,
  SEEN_AT,
} from './sample-observation.fake.js';
import { HEALTH_CHECK_DEFAULTS } from './health-check.js';
import { sampleServer, sampleService } from './sample-service.fake.js';
import { serverStatus } from './server-status.js';
import { serviceStatus } from './service-status.js';
import type { ServerObservation, ServiceObservation } from './status.js';

const FAULT = { reason: 'NftRefused', message: 'nft said no' };
const UNPROVED = provedFact({ bound: false, silent: false, reason: 'NotBound', message: 'not on lo' });

function statusOf(
  servers: readonly Partial<ServerObservation>[],
  observation: Partial<ServiceObservation> = {},
  service = sampleService(),
) {
  const known = servers.map((parts, index) => [11 + index, provedServer(parts)] as const);
  return serviceStatus(service, forwardedService(observation), new Map(known));
}

const at = (second: number) => new Date(Date.UTC(2026, 0, 2, 0, 0, second));

function condition(status: { conditions: readonly { type: string }[] }, type: string) {
  return status.conditions.find((one) => one.type === type);
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
    expect(condition(status, 'InForce')).toMatchObject({ status: 'False', reason });
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
    expect(condition(status, 'InForce')).toMatchObject({ message: 'Not confirmed yet by lb-2 (away).' });
    expect(condition(status, 'DirectorsReachable')).toMatchObject({ reason: 'DirectorAway' });
  });

  it("carries a director's own words", () => {
    const status = statusOf([{}, {}], { directors: [director({ fault: FAULT })] });
    expect(condition(status, 'InForce')).toMatchObject({ message: 'lb-1: NftRefused: nft said no' });
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
    expect(condition(status, 'Forwarding')).toMatchObject({ reason: 'NoRealServer' });
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

describe('a real server', () => {
  const one = (
    parts: Partial<ServerObservation>,
    on: Partial<ServiceObservation> = {},
    server = sampleServer(),
  ) => serverStatus(sampleService(), server, provedServer(parts), forwardedService(on));

  it('is in sync and online when its host proved it and the directors name it', () => {
    const status = one({});
    expect(status).toMatchObject({ provisioning: 'in-sync', operating: 'online', observedRevision: 7 });
    expect(status.conditions).toMatchObject([
      { type: 'AgentReachable', status: 'True', reason: 'Connected' },
      { type: 'VipBound', status: 'True', reason: 'Proved' },
      { type: 'ArpSilent', status: 'True', reason: 'Proved' },
      { type: 'ArpSettingsInForce', status: 'True', reason: 'ReadBack' },
      { type: 'GuardLoaded', status: 'True', reason: 'ReadBack' },
      { type: 'ServiceAnswersOnVip', status: 'True', reason: 'Answered' },
      { type: 'FirewallAllows', status: 'True', reason: 'NoRules' },
      { type: 'NotARouterLoop', status: 'True', reason: 'ReadBack' },
      { type: 'SameSegment', status: 'True', reason: 'SharedSubnet' },
      { type: 'MtuMatches', status: 'True', reason: 'Equal' },
      { type: 'DefaultRouteAvoidsDirector', status: 'True', reason: 'AnotherGateway' },
      { type: 'HealthViaVip', status: 'Unknown', reason: 'NotChecked' },
      { type: 'Admitted', status: 'True', reason: 'Admitted' },
    ]);
  });

  it.each([
    ['bound', { bound: false, silent: true }],
    ['silent', { bound: true, silent: false }],
  ])('is not in sync while the VIP is not %s, whatever its agent has confirmed', (_word, found) => {
    const fact = provedFact({ ...found, reason: 'Seen', message: 'seen' });
    expect(one({ fact }).provisioning).toBe('pending');
    expect(one({ fact: { ...fact, bound: true, silent: true } }).provisioning).toBe('in-sync');
  });

  it('stays online when its agent is away, and says so', () => {
    const agent = {
      nodeId: 'node-11',
      name: 'web-11',
      connected: false,
      positionVersion: 20,
      lastSeenAt: SEEN_AT,
    };
    const status = one({ agent });
    expect(status).toMatchObject({ provisioning: 'in-sync', operating: 'online' });
    expect(condition(status, 'AgentReachable')).toMatchObject({ status: 'False', reason: 'AgentAway' });
    const known = condition(status, 'VipBound');
    expect(known).toMatchObject({ status: 'Unknown', reason: 'Stale', lastTransitionAt: SEEN_AT });
    expect(known).toMatchObject({ message: expect.stringContaining(`since ${SEEN_AT.toISOString()}`) });
    expect(known).toMatchObject({
      message: expect.stringContaining('True, Proved: The VIP is on loopback.'),
    });
    expect(condition(status, 'ServiceAnswersOnVip')).toMatchObject({ reason: 'Stale' });
    expect(condition(status, 'Admitted')).toMatchObject({ status: 'True' });
    expect(condition(one({ agent: null }), 'AgentReachable')).toMatchObject({
      status: 'Unknown',
      reason: 'NoAgent',
    });
  });

  it('has nothing that stays as it was when its agent falls silent', () => {
    const agent = {
      nodeId: 'node-11',
      name: 'web-11',
      connected: false,
      positionVersion: 20,
      lastSeenAt: at(9),
    };
    const { conditions } = one({ agent });
    const fresh = conditions.filter(({ reason }) => reason !== 'Stale').map(({ type }) => type);
    expect(fresh).toEqual(['AgentReachable', 'HealthViaVip', 'Admitted']);
    const stale = conditions.find(({ type }) => type === 'MtuMatches');
    expect(stale).toMatchObject({ status: 'Unknown', lastTransitionAt: at(9) });
    expect(stale?.message).toContain('What it said last: True, Equal');
    const never = one({ agent, host: null }).conditions.find(({ type }) => type === 'MtuMatches');
    expect(never).toMatchObject({ reason: 'NotReported', lastTransitionAt: null });
  });

  it('says of each condition when it became so, and nothing where nobody noted that', () => {
    const [vip, answer, rule] = [at(1), at(2), at(3)];
    const isSo = { status: 'True', reason: 'So', message: 'so' } as const;
    const isNot = { status: 'False', reason: 'Not', message: 'not' } as const;
    const times = (parts: Partial<ServerObservation>, service = sampleService(), server = sampleServer()) => {
      const { conditions } = serverStatus(service, server, provedServer(parts), forwardedService());
      return Object.fromEntries(conditions.map((each) => [each.type, each.lastTransitionAt]));
    };
    const withAnswers = (answers: object, firewall: object, ready: boolean) => ({
      changedAt: vip,
      fact: provedFact({
        services: [
          answering({
            ready,
            answers: { ...isSo, since: answer, ...answers },
            firewall: { ...isSo, since: rule, ...firewall },
          }),
        ],
      }),
    });
    const well = withAnswers({}, {}, true);
    expect(times(well)).toMatchObject({
      AgentReachable: null,
      VipBound: vip,
      ServiceAnswersOnVip: answer,
      FirewallAllows: rule,
      SameSegment: null,
      MtuMatches: null,
      DefaultRouteAvoidsDirector: null,
      HealthViaVip: null,
      Admitted: rule,
    });
    expect(times(withAnswers(isNot, {}, false))['Admitted']).toBe(answer);
    expect(times(withAnswers({}, isNot, false))['Admitted']).toBe(rule);
    expect(times({ changedAt: vip, fact: UNPROVED })['Admitted']).toBe(vip);
    expect(times(well, sampleService(), sampleServer({ enabled: false }))['Admitted']).toBeNull();
    const agent = {
      nodeId: 'n',
      name: 'web-11',
      connected: false,
      positionVersion: 20,
      lastSeenAt: at(9),
    };
    expect(times({ ...well, agent })).toMatchObject({ AgentReachable: at(9), Admitted: rule });
  });

  it('says that it has no health check only where that is so', () => {
    const health = (service = sampleService()) =>
      serverStatus(service, sampleServer(), provedServer(), forwardedService()).conditions.find(
        ({ type }) => type === 'HealthViaVip',
      );
    expect(health()).toMatchObject({
      status: 'Unknown',
      message: expect.stringContaining('no health check'),
    });
    const checked = sampleService({ healthCheck: { type: 'http', ...HEALTH_CHECK_DEFAULTS } });
    expect(health(checked)?.message).not.toContain('no health check');
  });

  it('says what its agent found', () => {
    const status = one({ fact: UNPROVED, namedByDirectors: false });
    expect(status.operating).toBe('offline');
    expect(condition(status, 'VipBound')).toMatchObject({
      status: 'False',
      reason: 'NotBound',
      message: 'not on lo',
    });
    expect(condition(status, 'ArpSilent')).toMatchObject({ status: 'False' });
    expect(condition(status, 'Admitted')).toMatchObject({ status: 'False', reason: 'VipNotBound' });
  });

  it('says why its agent could not do it', () => {
    expect(condition(one({ fact: UNPROVED, fault: FAULT }), 'VipBound')).toMatchObject({
      message: 'nft said no',
    });
  });

  it.each<[string, Partial<ServerObservation>, string]>([
    ['no agent', { agent: null, fact: null }, 'NoAgent'],
    ['an old proof only', { vipDocument: { version: 22, presentSince: 21 } }, 'AgentNotReported'],
    ['no need of the VIP', { vipDocument: null }, 'NotWanted'],
  ])('with %s has an unknown VIP', (_sentence, parts, reason) => {
    const status = one(parts);
    expect(condition(status, 'VipBound')).toMatchObject({ status: 'Unknown', reason });
    expect(condition(status, 'ArpSilent')).toMatchObject({ status: 'Unknown', reason });
  });

  it('is degraded while a director has not confirmed the newest document', () => {
    const on = { directors: [director({ versionInForce: 24 })] };
    expect(one({}, on)).toMatchObject({
      provisioning: 'pending',
      operating: 'degraded',
      observedRevision: 6,
    });
  });

  it('that is disabled says so', () => {
    expect(one({}, {}, sampleServer({ enabled: false })).operating).toBe('disabled');
  });
});

const VERSION = fc.integer({ min: 0, max: 3 });
const CONFIRMED = fc.option(fc.constantFrom(1, 2, 3, 3, 3));
const MOSTLY = fc.constantFrom(true, true, true, false);
/** Mostly none, or hardly any fleet would be well. */
const FAULTS = fc.constantFrom(null, null, null, null, FAULT);
const SERVERS: fc.Arbitrary<ServerObservation> = fc.record({
  agent: fc.option(
    fc.record({
      nodeId: fc.constant('n'),
      name: fc.constant('web'),
      connected: MOSTLY,
      positionVersion: CONFIRMED,
      lastSeenAt: fc.constant(null),
    }),
  ),
  host: fc.constant(host()),
  vipDocument: fc.option(
    fc.tuple(VERSION, VERSION).map(([a, b]) => ({ version: Math.max(a, b), presentSince: Math.min(a, b) })),
  ),
  fact: fc.option(
    fc.record({
      bound: MOSTLY,
      silent: MOSTLY,
      reason: fc.constant('Seen'),
      message: fc.constant('seen'),
      services: fc.constantFrom([answering()], [answering()], [answering({ ready: false })], []),
    }),
  ),
  fault: FAULTS,
  namedFor: fc.constant([]),
  namedByDirectors: MOSTLY,
  draining: fc.boolean(),
  changedAt: fc.constant(null),
  silence: fc.constant(null),
});
const ON_DIRECTORS: fc.Arbitrary<ServiceObservation> = fc.record({
  document: fc.option(
    fc.record({ version: VERSION, revision: VERSION, confirmedRevision: fc.option(VERSION) }),
  ),
  directors: fc.array(
    fc.record({
      name: fc.constant('lb'),
      versionInForce: CONFIRMED,
      fault: FAULTS,
      connected: fc.boolean(),
      lastSeenAt: fc.constant(null),
      network: fc.constant(network('192.0.2.2/24')),
    }),
    { maxLength: 2 },
  ),
  changedAt: fc.constant(null),
  silence: fc.constant(null),
});

describe('whatever nodes report', () => {
  it('neither in-sync nor online is said of what a node has not confirmed', () => {
    const seen = { inSync: 0, online: 0 };
    fc.assert(
      fc.property(fc.tuple(SERVERS, SERVERS), ON_DIRECTORS, ([first, second], observation) => {
        const servers = new Map([
          [11, first],
          [12, second],
        ]);
        const status = serviceStatus(sampleService(), observation, servers);
        if (status.provisioning === 'in-sync') {
          seen.inSync += 1;
          for (const { agent, vipDocument, fault } of servers.values()) {
            expect(fault).toBeNull();
            expect(agent?.positionVersion).toBeGreaterThanOrEqual(vipDocument?.version ?? Infinity);
          }
        }
        if (status.operating === 'online') {
          seen.online += 1;
          expect([first, second].every(({ fact }) => fact?.bound === true && fact.silent)).toBe(true);
          expect([first, second].every(({ fact }) => fact?.services[0]?.ready === true)).toBe(true);
        }
        if (status.provisioning === 'in-sync' || status.operating === 'online') {
          expect(observation.directors.length).toBeGreaterThan(0);
          for (const { versionInForce, fault } of observation.directors) {
            expect(fault).toBeNull();
            if (observation.document === null) continue;
            expect(versionInForce).toBeGreaterThanOrEqual(observation.document.version);
          }
        }
      }),
      { numRuns: 5_000 },
    );
    // Not blind: both were seen.
    expect(seen.inSync).toBeGreaterThan(0);
    expect(seen.online).toBeGreaterThan(0);
  });
});
