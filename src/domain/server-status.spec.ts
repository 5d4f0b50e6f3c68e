import { describe, expect, it } from 'vitest';
import { HEALTH_CHECK_DEFAULTS } from './health-check.js';
import {
  answering,
  at,
  conditionOf,
  director,
  FAULT,
  forwardedService,
  provedFact,
  provedServer,
  SEEN_AT,
  UNPROVED,
} from './sample-observation.fake.js';
import { sampleServer, sampleService } from './sample-service.fake.js';
import { serverStatus } from './server-status.js';
import type { ServerObservation, ServiceObservation } from './status.js';

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
      revision: null,
      leaving: false,
      lastSeenAt: SEEN_AT,
    };
    const status = one({ agent });
    expect(status).toMatchObject({ provisioning: 'in-sync', operating: 'online' });
    expect(conditionOf(status, 'AgentReachable')).toMatchObject({ status: 'False', reason: 'AgentAway' });
    const known = conditionOf(status, 'VipBound');
    expect(known).toMatchObject({ status: 'Unknown', reason: 'Stale', lastTransitionAt: SEEN_AT });
    expect(known).toMatchObject({ message: expect.stringContaining(`since ${SEEN_AT.toISOString()}`) });
    expect(known).toMatchObject({
      message: expect.stringContaining('True, Proved: The VIP is on loopback.'),
    });
    expect(conditionOf(status, 'ServiceAnswersOnVip')).toMatchObject({ reason: 'Stale' });
    expect(conditionOf(status, 'Admitted')).toMatchObject({ status: 'True' });
    expect(conditionOf(one({ agent: null }), 'AgentReachable')).toMatchObject({
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
      revision: null,
      leaving: false,
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
      revision: null,
      leaving: false,
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
    const checked = sampleService({ healthCheck: { type: 'http', ...HEALTH_CHECK_DEFAULTS.http } });
    expect(health(checked)?.message).not.toContain('no health check');
  });

  it('says what its agent found', () => {
    const status = one({ fact: UNPROVED, namedByDirectors: false });
    expect(status.operating).toBe('offline');
    expect(conditionOf(status, 'VipBound')).toMatchObject({
      status: 'False',
      reason: 'NotBound',
      message: 'not on lo',
    });
    expect(conditionOf(status, 'ArpSilent')).toMatchObject({ status: 'False' });
    expect(conditionOf(status, 'Admitted')).toMatchObject({ status: 'False', reason: 'VipNotBound' });
  });

  it('says why its agent could not do it', () => {
    expect(conditionOf(one({ fact: UNPROVED, fault: FAULT }), 'VipBound')).toMatchObject({
      message: 'nft said no',
    });
  });

  it.each<[string, Partial<ServerObservation>, string]>([
    ['no agent', { agent: null, fact: null }, 'NoAgent'],
    ['an old proof only', { vipDocument: { version: 22, presentSince: 21 } }, 'AgentNotReported'],
    ['no need of the VIP', { vipDocument: null }, 'NotWanted'],
  ])('with %s has an unknown VIP', (_sentence, parts, reason) => {
    const status = one(parts);
    expect(conditionOf(status, 'VipBound')).toMatchObject({ status: 'Unknown', reason });
    expect(conditionOf(status, 'ArpSilent')).toMatchObject({ status: 'Unknown', reason });
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
