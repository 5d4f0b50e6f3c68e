/** How the health that directors found out shows in the status of a server and of its service. */
import { describe, expect, it } from 'vitest';
import { HEALTH_CHECK_DEFAULTS } from './health-check.js';
import {
  conditionOf,
  director,
  fallenFinding,
  finding,
  forwardedService,
  provedServer,
} from './sample-observation.fake.js';
import { sampleServer, sampleService } from './sample-service.fake.js';
import { serverStatus } from './server-status.js';
import { serviceStatus } from './service-status.js';
import type { HealthFinding } from './status.js';

const healthCheck = { type: 'tcp', ...HEALTH_CHECK_DEFAULTS.tcp } as const;
const WELL = [finding()];
const FALLEN = [fallenFinding()];
const KEPT = [fallenFinding({ reason: 'KeptByPanicGuard' })];
const IDLE = [finding({ reason: 'StandingBy' })];
const UNKNOWN = [finding({ healthy: null, reason: 'NotCheckedYet' })];
const PARTLY = [finding(), fallenFinding({ director: 'lb-2' })];

describe('a real server', () => {
  it.each<[string, readonly HealthFinding[], string]>([
    ['answers', WELL, 'online'],
    ['was taken out', FALLEN, 'offline'],
    ['was taken out by one director', PARTLY, 'degraded'],
    ['fell and is kept', KEPT, 'degraded'],
    ['is a backup that stands by', IDLE, 'online'],
    ['was not asked yet', UNKNOWN, 'degraded'],
    ['nobody told of', [], 'degraded'],
  ])('that %s', (_, health, operating) => {
    const status = serverStatus(
      sampleService({ healthCheck }),
      sampleServer(),
      provedServer({ health }),
      forwardedService(),
    );
    expect(status).toMatchObject({ provisioning: 'in-sync', operating });
    expect(conditionOf(status, 'Admitted')).toMatchObject({ status: 'True' });
  });

  it('without an agent is judged alike', () => {
    const server = sampleServer({ managed: false });
    const status = serverStatus(
      sampleService({ healthCheck }),
      server,
      provedServer({ health: FALLEN }),
      forwardedService(),
    );
    expect(conditionOf(status, 'HealthViaVip')).toBeDefined();
  });
});

describe('a virtual service', () => {
  const realServers = [11, 12].map((number) => sampleServer({ number }));
  const backup = sampleServer({ number: 13, backup: true });
  const statusOf = (...health: readonly (readonly HealthFinding[])[]) => {
    const service = sampleService({
      healthCheck,
      minHealthy: 2,
      realServers: [...realServers, backup].slice(0, health.length),
    });
    const observed = health.map((each, index) => [11 + index, provedServer({ health: each })] as const);
    return serviceStatus(service, forwardedService({ directors: [director()] }), new Map(observed));
  };

  it.each<[string, (readonly HealthFinding[])[], string, string, string]>([
    ['all servers answer', [WELL, WELL], 'online', 'True', 'AllServing'],
    ['one of them was taken out', [FALLEN, WELL], 'degraded', 'True', 'SomeServing'],
    ['one of them was taken out by one director', [PARTLY, WELL], 'degraded', 'True', 'AllServing'],
    ['all were taken out', [FALLEN, FALLEN], 'offline', 'False', 'NoneServing'],
    ['all fell at once', [KEPT, KEPT], 'degraded', 'True', 'KeptByPanicGuard'],
    ['one was not asked yet', [WELL, UNKNOWN], 'degraded', 'True', 'AllServing'],
    ['its backup stands by', [WELL, WELL, IDLE], 'online', 'True', 'AllServing'],
    ['its backup has fallen and is not needed', [WELL, WELL, FALLEN], 'online', 'True', 'AllServing'],
    ['its backup joined', [WELL, FALLEN, WELL], 'degraded', 'True', 'OnBackups'],
    ['nobody but its backup is left', [FALLEN, FALLEN, WELL], 'degraded', 'True', 'OnBackups'],
    ['not even its backup is left', [FALLEN, FALLEN, FALLEN], 'offline', 'False', 'NoneServing'],
    ['its backup was not asked yet', [FALLEN, FALLEN, UNKNOWN], 'offline', 'False', 'NoneServing'],
  ])('where %s', (_, health, operating, status, reason) => {
    const whole = statusOf(...health);
    expect(whole).toMatchObject({ provisioning: 'in-sync', operating });
    expect(conditionOf(whole, 'Forwarding')).toMatchObject({ status, reason });
  });

  it('says who stands in, and for want of whom', () => {
    expect(conditionOf(statusOf(WELL, FALLEN, WELL), 'Forwarding')?.message).toBe(
      '1 of 2 real servers take new connections. As fewer than 2 are healthy, the backups do too: 192.0.2.13.',
    );
    expect(conditionOf(statusOf(KEPT, WELL), 'Forwarding')?.message).toMatch(
      /^2 of 2 real servers take new connections\. 192\.0\.2\.11: does not answer/,
    );
  });

  it('with a backup alone misses no other server', () => {
    const service = sampleService({ healthCheck, realServers: [backup] });
    const status = serviceStatus(
      service,
      forwardedService(),
      new Map([[13, provedServer({ health: WELL })]]),
    );
    expect(conditionOf(status, 'Forwarding')).toMatchObject({ status: 'True', reason: 'OnBackups' });
  });
});
