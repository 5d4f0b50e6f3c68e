/** A real server with which all is well, as the control plane knows it, and what specs make of it. */
import type { ReportedVerdict } from '../contract/report.js';
import type { Known, KnownAgent, KnownDirector, KnownIntent, KnownVerdict } from './known.js';

const WELL = [
  'VipBound',
  'ArpSilent',
  'ArpSettingsInForce',
  'GuardLoaded',
  'ServiceAnswersOnVip',
  'FirewallAllows',
  'NotARouterLoop',
  'SameSegment',
  'MtuMatches',
  'DefaultRouteAvoidsDirector',
  'ArpSettingsKept',
  'RepairsHold',
  'DocumentsAccepted',
];

const isSo: KnownVerdict = { status: 'True', reason: 'ReadBack', message: 'It is so.' };

export function knownWell(parts: Partial<Known> = {}): Known {
  return {
    vip: '192.0.2.200',
    address: '192.0.2.11',
    service: { protocol: 'tcp', port: 80, endPort: 80, page: null },
    intent: wanted(),
    directors: [standing()],
    strangers: [],
    neighbours: [],
    agent: reporting(),
    verdicts: new Map(WELL.map((type) => [type, isSo])),
    ...parts,
  };
}

export function wanted(parts: Partial<KnownIntent> = {}): KnownIntent {
  return {
    serviceId: '00000000-0000-4000-8000-000000000001',
    serverId: '00000000-0000-4000-8000-000000000011',
    serviceEnabled: true,
    serverEnabled: true,
    weight: 1000,
    forceL4: true,
    directReturn: true,
    draining: false,
    brokenRules: [],
    ...parts,
  };
}

export function standing(parts: Partial<KnownDirector> = {}): KnownDirector {
  return { name: 'lb-1', connected: true, fault: null, troubles: [], confirmed: true, ...parts };
}

export function reporting(parts: Partial<KnownAgent> = {}): KnownAgent {
  return { joined: true, name: 'web-1', alive: true, lastSeenAt: null, reported: true, ...parts };
}

/** The same with verdicts that are otherwise. */
export function knowing(
  verdicts: Readonly<Record<string, Pick<ReportedVerdict, 'status' | 'reason'>>>,
  known: Known = knownWell(),
): Known {
  const said = Object.entries(verdicts).map(
    ([type, verdict]) => [type, { ...verdict, message: `${verdict.reason} was seen.` }] as const,
  );
  return { ...known, verdicts: new Map([...known.verdicts, ...said]) };
}
