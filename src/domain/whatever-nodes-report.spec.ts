import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answering, FAULT, finding, host, network } from './sample-observation.fake.js';
import { sampleService } from './sample-service.fake.js';
import { missingNodes } from './missing-nodes.js';
import { serviceStatus } from './service-status.js';
import { HEALTH_CHECK_DEFAULTS } from './health-check.js';
import type { HealthFinding, ServerObservation, ServiceObservation } from './status.js';

const VERSION = fc.integer({ min: 0, max: 3 });
const CONFIRMED = fc.option(fc.constantFrom(1, 2, 3, 3, 3));
const MOSTLY = fc.constantFrom(true, true, true, false);
/** Mostly none, or hardly any fleet would be well. */
const FAULTS = fc.constantFrom(null, null, null, null, FAULT);
const FINDINGS: fc.Arbitrary<HealthFinding> = fc.record({
  director: fc.constantFrom('lb-1', 'lb-2'),
  connected: MOSTLY,
  lastSeenAt: fc.constant(null),
  healthy: fc.constantFrom(true, true, true, true, false, null),
  reason: fc.constantFrom('Answered', 'Answered', 'Answered', 'StandingBy', 'KeptByPanicGuard'),
  message: fc.constant('seen'),
  since: fc.constant(new Date(0)),
});
const SERVERS: fc.Arbitrary<ServerObservation> = fc.record({
  agent: fc.option(
    fc.record({
      nodeId: fc.constant('n'),
      name: fc.constant('web'),
      connected: MOSTLY,
      positionVersion: CONFIRMED,
      revision: fc.constant(null),
      leaving: MOSTLY.map((stays) => !stays),
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
  drainingFlows: fc.option(fc.nat()),
  changedAt: fc.constant(null),
  silence: fc.constant(null),
  health: fc.oneof({ weight: 4, arbitrary: fc.constant([finding()]) }, fc.array(FINDINGS, { maxLength: 2 })),
});
const ON_DIRECTORS: fc.Arbitrary<ServiceObservation> = fc.record({
  document: fc.option(
    fc.record({ version: VERSION, revision: VERSION, confirmedRevision: fc.option(VERSION) }),
  ),
  directors: fc.array(
    fc.record({
      nodeId: fc.constant('d'),
      name: fc.constant('lb'),
      versionInForce: CONFIRMED,
      revision: fc.constant(null),
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
  it('a service is in sync if and only if no node is missing', () => {
    const seen = { inSync: 0, missing: 0 };
    fc.assert(
      fc.property(
        fc.tuple(SERVERS, SERVERS),
        ON_DIRECTORS,
        fc.boolean(),
        ([first, second], observation, enabled) => {
          const service = sampleService({ enabled });
          const servers = new Map([
            [11, first],
            [12, second],
          ]);
          const missing = missingNodes(service, observation, servers);
          const { provisioning } = serviceStatus(service, observation, servers);
          expect(missing.length === 0, JSON.stringify(missing)).toBe(provisioning === 'in-sync');
          seen[missing.length === 0 ? 'inSync' : 'missing'] += 1;
        },
      ),
      { numRuns: 2_000 },
    );
    expect(Math.min(seen.inSync, seen.missing)).toBeGreaterThan(10);
  });

  it('neither in-sync nor online is said of what a node has not confirmed', () => {
    const checked = sampleService({ healthCheck: { type: 'tcp', ...HEALTH_CHECK_DEFAULTS.tcp } });
    const seen = { inSync: 0, online: 0 };
    fc.assert(
      fc.property(fc.tuple(SERVERS, SERVERS), ON_DIRECTORS, ([first, second], observation) => {
        const servers = new Map([
          [11, first],
          [12, second],
        ]);
        const status = serviceStatus(checked, observation, servers);
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
          for (const { health } of [first, second]) {
            expect(health.some(({ healthy }) => healthy === true)).toBe(true);
            expect(health.some(({ connected, healthy }) => connected && healthy === false)).toBe(false);
          }
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
      { numRuns: 15_000 },
    );
    // Not blind: both were seen.
    expect(seen.inSync).toBeGreaterThan(0);
    expect(seen.online).toBeGreaterThan(0);
  });
});
