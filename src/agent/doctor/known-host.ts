/**
 * What a host knows of one of its services, as a diagnosis looks at it: the same conditions that an agent reports, made
 * from one look. Of what only operators and directors know nothing is said. Pure.
 */
import type { ReportedCondition, ReportedVerdict } from '../../contract/report.js';
import type { Known, KnownVerdict } from '../../diagnosis/known.js';
import { linkConditions } from '../../link/link-conditions.js';
import { silenceConditions } from '../keeper/describe-host.js';
import { isIpv6 } from '../../contract/canonical-address.js';
import { needsSettings } from '../../setup/host-plan/seen-host.js';
import type { HostView } from '../plan/host-view.js';
import { judgeVip } from '../plan/judge-vip.js';
import { refuseAddress, refuseHere } from '../plan/refuse-vip.js';
import { judgeAnswers } from '../proofs/judge-answers.js';
import { judgeLoop } from '../proofs/judge-loop.js';
import type { Asked, Examined, ExaminedVip } from './examined.js';

type Verdicts = Record<string, KnownVerdict>;

export function knownHost(examined: Examined, { document }: ExaminedVip, asked: Asked): Known {
  const { address: vip } = document;
  const { protocol, port, endPort, http } = asked.service;
  const service = { protocol, port, endPort, page: http?.scheme ?? null };
  const verdicts: Verdicts = {
    ...ofState(examined),
    ...ofVip(examined, document),
    ...ofService(examined, vip, asked),
    ...ofNetwork(examined, vip),
  };
  return { ...aboutHost(examined), vip, service, verdicts: mapOf(verdicts) };
}

/** Where the host shall hold nothing, what is known of it and its agent alone. */
export function knownIdleHost(examined: Examined): Known {
  const service = { protocol: 'tcp', port: 0, endPort: 0, page: null } as const;
  return { ...aboutHost(examined), vip: '', service, verdicts: mapOf(ofState(examined)) };
}

function aboutHost({
  joined,
  agentRuns,
}: Examined): Pick<Known, 'address' | 'intent' | 'directors' | 'strangers' | 'neighbours' | 'agent'> {
  const agent = { joined, name: '', alive: agentRuns, lastSeenAt: null, reported: true };
  return { address: null, intent: null, directors: null, strangers: [], neighbours: [], agent };
}

function ofState({ kept, ledgerDamaged, view }: Examined): Verdicts {
  const link = linkConditions({ refusal: null, diskTrouble: null, kept, failure: null });
  const read = link.filter(({ type }) => type === 'LastKnownGoodRead');
  const unneeded = { haveIpv4: false, needGuard: false };
  const ledger = silenceConditions(view, unneeded, ledgerDamaged).filter(
    ({ type }) => type === 'OwnChangesKnown',
  );
  return byType([...read, ...ledger]);
}

function ofVip({ view, places, readings }: Examined, document: ExaminedVip['document']): Verdicts {
  const { address } = document;
  const refusal = refuseAddress(address, document) ?? refuseHere(address, view, places);
  const fact = judgeVip(address, view, places, refusal);
  const haveIpv4 = needsSettings(address, view.silence);
  const said = ({ reason, message }: typeof fact, isSo: boolean): KnownVerdict => {
    return { status: isSo ? 'True' : 'False', reason, message };
  };
  return {
    ...byType(silenceConditions(view, { haveIpv4, needGuard: true }, false).filter(isOfSilence)),
    ...byType([judgeLoop(readings.forwarding, fact.bound ? [] : [address])]),
    VipBound: said(fact, fact.bound),
    ArpSilent: said(fact, fact.silent),
  };
}

function isOfSilence({ type }: ReportedCondition): boolean {
  return type !== 'OwnChangesKnown';
}

function ofService({ readings }: Examined, vip: string, { service, outcomes, elsewhere }: Asked): Verdicts {
  const { protocol, port, endPort } = service;
  const firewall = readings.firewall({ vip, protocol, port, endPort });
  const answers = outcomes.length === 0 ? NOT_HELD : judgeAnswers(vip, service, outcomes).verdict;
  const verdicts = { FirewallAllows: firewall, ServiceAnswersOnVip: answers };
  if (elsewhere.length === 0) return verdicts;
  const message = `The service listens on ${elsewhere.join(', ')} port ${port}, and not on ${vip}.`;
  return { ...verdicts, ListensOnVip: { status: 'False', reason: 'Elsewhere', message } };
}

const NOT_HELD: ReportedVerdict = {
  status: 'Unknown',
  reason: 'VipNotBound',
  message: 'The host does not hold the VIP, so that its services cannot be asked on it.',
};

function ofNetwork({ addresses, view }: Examined, vip: string): Verdicts {
  const ofFamily = addresses.filter((address) => isIpv6(address) === isIpv6(vip));
  const [trouble] = ofFamily.flatMap((address) => segmentTrouble(address, view) ?? []);
  const gateways = view.gateways.filter((gateway) => isIpv6(gateway) === isIpv6(vip));
  return {
    ...(trouble === undefined ? {} : { SameSegment: trouble }),
    ...(gateways.length > 0 ? {} : { DefaultRouteAvoidsDirector: NO_DEFAULT_ROUTE }),
  };
}

const NO_DEFAULT_ROUTE: ReportedVerdict = {
  status: 'Unknown',
  reason: 'NoDefaultRoute',
  message: 'The host has no default route of the family of the VIP.',
};

/** By what the director can no longer reach the host. */
function segmentTrouble(address: string, { interfaces }: HostView): ReportedVerdict | undefined {
  const here = interfaces.find(({ addresses }) => addresses.some((each) => each.address === address));
  if (here === undefined) {
    const message = `No interface of the host has ${address}, by which operators know it.`;
    return { status: 'False', reason: 'AddressNotOnHost', message };
  }
  if (here.up) return undefined;
  return {
    status: 'False',
    reason: 'InterfaceDown',
    message: `${here.name}, which has ${address}, is down.`,
  };
}

function byType(conditions: readonly ReportedCondition[]): Verdicts {
  return Object.fromEntries(conditions.map((condition) => [condition.type, condition]));
}

function mapOf(verdicts: Verdicts): ReadonlyMap<string, KnownVerdict> {
  return new Map(Object.entries(verdicts));
}
