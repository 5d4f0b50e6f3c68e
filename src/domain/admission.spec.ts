import { describe, expect, it } from 'vitest';
import { admission } from './admission.js';
import { HEALTH_CHECK_DEFAULTS } from './health-check.js';
import { serviceQuestion } from './service-question.js';
import { answering, provedFact, provedServer, SEEN_AT } from './sample-observation.fake.js';
import { sampleServer, sampleService } from './sample-service.fake.js';
import type { ObservedAnswers, ServerObservation } from './status.js';

const SERVER = sampleServer();
const UNBOUND = provedFact({ bound: false, reason: 'NotBound', message: 'the VIP is not on lo' });
const LOUD = provedFact({ silent: false, reason: 'ArpIgnoreOff', message: 'eth1 answers ARP' });
const REFUSED = { status: 'False', reason: 'Refused', message: 'nothing listens', since: SEEN_AT } as const;
const DROPPED = { status: 'False', reason: 'Dropped', message: 'rule 5 drops it', since: SEEN_AT } as const;
const SILENT_UDP = {
  status: 'Unknown',
  reason: 'NoAnswer',
  message: 'nobody can tell',
  since: SEEN_AT,
} as const;

const served = (...services: readonly ObservedAnswers[]): Partial<ServerObservation> => ({
  fact: provedFact({ services }),
});

function agentAt(positionVersion: number | null, leaving = false): Pick<ServerObservation, 'agent'> {
  return {
    agent: {
      nodeId: 'n',
      name: 'web-11',
      connected: true,
      positionVersion,
      revision: null,
      leaving,
      lastSeenAt: SEEN_AT,
    },
  };
}

describe('a real server is admitted', () => {
  it('when its host proved that it holds the VIP, silently', () => {
    expect(admission(sampleService(), SERVER, provedServer())).toMatchObject({
      admitted: true,
      reason: 'Admitted',
    });
  });

  it('when its agent stands at the very document that asked for the VIP', () => {
    expect(admission(sampleService(), SERVER, provedServer(agentAt(10)))).toMatchObject({ admitted: true });
  });

  it('also while a newer document about the same VIP is on its way', () => {
    const proof = provedServer({ ...agentAt(12), vipDocument: { version: 15, presentSince: 10 } });
    expect(admission(sampleService(), SERVER, proof)).toMatchObject({ admitted: true });
  });

  it('where another service on the VIP does not answer', () => {
    const other = answering({ port: 443, ready: false, answers: REFUSED });
    expect(admission(sampleService(), SERVER, provedServer(served(other, answering())))).toMatchObject({
      admitted: true,
    });
  });

  it('where its host cannot find out whether a UDP service answers', () => {
    const proof = provedServer(served(answering({ protocol: 'udp', answers: SILENT_UDP })));
    expect(admission(sampleService({ protocol: 'udp' }), SERVER, proof)).toMatchObject({ admitted: true });
  });

  it('while it is asked otherwise than before, where packets of this service go there already', () => {
    const checked = sampleService({ healthCheck: { type: 'http', ...HEALTH_CHECK_DEFAULTS.http } });
    const wider = sampleService({ endPort: 90 });
    const untried = { ready: null, answers: { ...SILENT_UDP, reason: 'NotProbed' } };
    for (const service of [checked, wider]) {
      const asked = answering({ ...serviceQuestion(service), ...untried });
      for (const facts of [served(answering()), served(asked)]) {
        const proof = provedServer({ ...facts, namedFor: [service.id] });
        expect(admission(service, SERVER, proof)).toMatchObject({ admitted: true });
        // Of another service that had the port before, nothing is inherited.
        const stranger = provedServer({ ...facts, namedFor: ['another'] });
        expect(admission(service, SERVER, stranger)).toMatchObject({ admitted: false, reason: 'NotProbed' });
      }
    }
    const moved = sampleService({ port: 8080 });
    expect(admission(moved, SERVER, provedServer({ namedFor: [moved.id] }))).toMatchObject({
      reason: 'NotProbed',
    });
  });

  it('though its host gets no answer any more, where the directors ask the same and packets go there already', () => {
    const { tcp, http, udp } = HEALTH_CHECK_DEFAULTS;
    const judged = (parts: Partial<Parameters<typeof sampleService>[0]>, named = true) => {
      const service = sampleService(parts);
      const lost = served(answering({ ...serviceQuestion(service), ready: false, answers: REFUSED }));
      const proof = provedServer({ ...lost, namedFor: named ? [service.id] : [] });
      return admission(service, SERVER, proof);
    };
    const web = { healthCheck: { type: 'http', ...http } } as const;
    expect(judged(web)).toMatchObject({
      admitted: true,
      message: expect.stringContaining('nothing listens'),
    });
    expect(judged({ healthCheck: { type: 'tcp', ...tcp, port: 80 } }).admitted).toBe(true);
    const dns = { protocol: 'udp', healthCheck: { type: 'udp', ...udp, expectedReply: '' } } as const;
    expect(judged(dns).admitted).toBe(true);

    expect(judged(web, false), 'nobody is let in so').toMatchObject({ reason: 'ServiceNotAnswering' });
    for (const parts of [
      {},
      { healthCheck: { type: 'tcp', ...tcp, port: 81 } },
      { ...dns, healthCheck: { type: 'udp', ...udp } },
      { protocol: 'udp', healthCheck: { type: 'tcp', ...tcp, port: 80 } },
    ] as const) {
      expect(judged(parts), 'the directors do not find out').toMatchObject({ reason: 'ServiceNotAnswering' });
    }
  });

  it('in words that say no more than was proved', () => {
    const message = (parts: Partial<ServerObservation>) =>
      admission(sampleService(), SERVER, provedServer(parts)).message;
    expect(message({})).toBe('192.0.2.11 holds 192.0.2.200, is silent about it, and serves on it.');
    const open = message(served(answering({ answers: SILENT_UDP })));
    expect(open).not.toContain('serves on it');
    expect(open).toContain('Whether it serves there is not known. nobody can tell');
  });

  it('with weight 0, for it may hold established flows', () => {
    expect(admission(sampleService(), sampleServer({ weight: 0 }), provedServer()).admitted).toBe(true);
  });
});

describe('a real server is not admitted', () => {
  it.each<[string, Partial<ServerObservation>, string, string]>([
    ['without an agent', { agent: null }, 'NoAgent', 'No agent has joined for 192.0.2.11.'],
    ['while its agent is taken off its host', agentAt(10, true), 'AgentLeaves', 'Remove the real server'],
    ['before its agent took anything', agentAt(null), 'AgentNotReported', 'web-11'],
    ['on a proof from before the VIP was asked for again', agentAt(9), 'AgentNotReported', 'web-11'],
    ['on a proof for a VIP that is not asked for', { vipDocument: null }, 'AgentNotReported', 'web-11'],
    ['without a proof', { fact: null }, 'AgentNotReported', 'web-11'],
    ['without the VIP', { fact: UNBOUND }, 'VipNotBound', 'not on lo'],
    ['while it answers ARP', { fact: LOUD }, 'NotSilent', 'eth1 answers ARP'],
    ['before its service was asked', served(), 'NotProbed', '192.0.2.200 port 80'],
    [
      'while it is not known whether its service answers',
      served(answering({ ready: null })),
      'NotProbed',
      'web-11',
    ],
    [
      'while its service does not answer',
      served(answering({ ready: false, answers: REFUSED })),
      'ServiceNotAnswering',
      'nothing listens',
    ],
    ['behind a firewall', served(answering({ ready: false, firewall: DROPPED })), 'FirewallDrops', 'rule 5'],
    [
      'where another service on the VIP answers',
      served(answering({ ready: false, answers: REFUSED }), answering({ port: 443 })),
      'ServiceNotAnswering',
      'nothing listens',
    ],
    [
      'where the port answers of the other protocol',
      served(answering({ protocol: 'udp' })),
      'NotProbed',
      'port 80',
    ],
  ])('%s', (_sentence, parts, reason, words) => {
    const verdict = admission(sampleService(), SERVER, provedServer(parts));
    expect(verdict).toEqual({ admitted: false, reason, message: expect.stringContaining(words) });
  });

  it.each([
    ['of a disabled service', sampleService({ enabled: false }), SERVER, false, 'ServiceDisabled'],
    ['that is disabled', sampleService(), sampleServer({ enabled: false }), false, 'Disabled'],
    ['that drains', sampleService(), sampleServer({ enabled: false }), true, 'Draining'],
    [
      'on a service not forced to layer 4',
      sampleService({ forceL4: false }),
      SERVER,
      false,
      'NotDirectReturn',
    ],
    [
      'behind address translation',
      sampleService(),
      sampleServer({ forwardingMethod: 'nat' }),
      false,
      'NotDirectReturn',
    ],
  ] as const)('%s, whatever it proved', (_sentence, service, server, draining, reason) => {
    expect(admission(service, server, provedServer({ draining }))).toMatchObject({ admitted: false, reason });
  });
});
