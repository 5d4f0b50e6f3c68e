/** What nodes report when all is well with the service of sample-service.fake.ts. For specs. */
import type {
  DirectorObservation,
  HealthFinding,
  ObservedAnswers,
  ObservedHost,
  ObservedNetwork,
  ObservedVerdict,
  ObservedVip,
  ServerObservation,
  ServiceObservation,
} from './status.js';

export const SEEN_AT = new Date('2026-01-02T00:00:00Z');

export function provedServer(parts: Partial<ServerObservation> = {}): ServerObservation {
  return {
    agent: {
      nodeId: 'node-11',
      name: 'web-11',
      connected: true,
      positionVersion: 20,
      revision: 6,
      leaving: false,
      lastSeenAt: SEEN_AT,
    },
    vipDocument: { version: 18, presentSince: 10 },
    fact: provedFact(),
    host: host(),
    fault: null,
    silence: null,
    health: [],
    namedFor: [],
    namedByDirectors: true,
    draining: false,
    drainingFlows: null,
    changedAt: SEEN_AT,
    ...parts,
  };
}

export function director(parts: Partial<DirectorObservation> = {}): DirectorObservation {
  return {
    nodeId: 'node-1',
    name: 'lb-1',
    versionInForce: 30,
    revision: 6,
    fault: null,
    connected: true,
    lastSeenAt: SEEN_AT,
    network: network('192.0.2.2/24'),
    ...parts,
  };
}

export function forwardedService(parts: Partial<ServiceObservation> = {}): ServiceObservation {
  return {
    document: { version: 25, revision: 7, confirmedRevision: 6 },
    directors: [director()],
    changedAt: SEEN_AT,
    ...parts,
  };
}

export function provedFact(parts: Partial<ObservedVip> = {}): ObservedVip {
  const held = { bound: true, silent: true, reason: 'Proved', message: 'bound and silent' };
  return { ...held, services: [answering()], ...parts };
}

export function answering(parts: Partial<ObservedAnswers> = {}): ObservedAnswers {
  const proved = { answers: isSo('Answered'), firewall: isSo('NoRules') };
  const { port = 80, endPort = port } = parts;
  return { protocol: 'tcp', ready: true, ...proved, ...parts, port, endPort };
}

export function host(parts: Partial<ObservedHost> = {}): ObservedHost {
  const conditions = ['ArpSettingsInForce', 'GuardLoaded', 'NotARouterLoop'].map((type) => ({
    type,
    ...isSo('ReadBack'),
  }));
  return { network: network('192.0.2.11/24', ['192.0.2.1']), conditions, ...parts };
}

/** One interface with this address. */
export function network(address: string, gateways: readonly string[] = [], mtu = 1500): ObservedNetwork {
  return { interfaces: [{ name: 'eth0', up: true, mtu, addresses: [address] }], gateways };
}

/** What a director found, in the words of its engine. */
export function finding(parts: Partial<HealthFinding> = {}): HealthFinding {
  const answered = { healthy: true, reason: 'Answered', message: 'It answers on the VIP.', since: SEEN_AT };
  return { director: 'lb-1', connected: true, lastSeenAt: SEEN_AT, ...answered, ...parts };
}

export function fallenFinding(parts: Partial<HealthFinding> = {}): HealthFinding {
  const fallen = { healthy: false, reason: 'TimedOut', message: 'No connection within 2000 ms.' };
  return finding({ ...fallen, ...parts });
}

function isSo(reason: string): ObservedVerdict {
  return { status: 'True', reason, message: 'it is so', since: SEEN_AT };
}

export const FAULT = { reason: 'NftRefused', message: 'nft said no' };
export const UNPROVED = provedFact({
  bound: false,
  silent: false,
  reason: 'NotBound',
  message: 'not on lo',
});

/** Seconds after everything was seen to be well. */
export const at = (second: number): Date => new Date(Date.UTC(2026, 0, 2, 0, 0, second));

export function conditionOf<T extends { readonly type: string }>(
  status: { readonly conditions: readonly T[] },
  type: string,
): T | undefined {
  return status.conditions.find((one) => one.type === type);
}
