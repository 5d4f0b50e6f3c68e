/** For every cause, what is known when it is there alone. */
import type { Known } from './known.js';
import { knowing, knownWell, reporting, standing, wanted } from './sample-known.fake.js';

export const not = (reason: string) => ({ status: 'False', reason }) as const;
export const open = (reason: string) => ({ status: 'Unknown', reason }) as const;
export const intent = (parts: Parameters<typeof wanted>[0]): Known => knownWell({ intent: wanted(parts) });
export const agent = (parts: Parameters<typeof reporting>[0]): Known =>
  knownWell({ agent: reporting(parts) });
const directors = (...all: Parameters<typeof standing>[0][]): Known =>
  knownWell({ directors: all.map((each) => standing(each)) });
/** Without an agent nobody tells what only an agent can see. */
export const unmanaged = (verdicts: Parameters<typeof knowing>[0]): Known =>
  knowing({ VipBound: open('NotManaged'), ...verdicts }, knownWell({ agent: null, verdicts: new Map() }));
const found = (reason: string) => ({
  director: 'lb-1',
  mac: '02:00:00:00:00:b1',
  reason,
  message: 'It is so.',
});
export const RULE = {
  code: 'address-is-a-node',
  message: 'It is the director lb-2.',
  hint: 'Choose another.',
};

export const SAMPLE_CAUSES: Readonly<Record<string, Known>> = {
  'service-disabled': intent({ serviceEnabled: false }),
  'server-draining': intent({ serverEnabled: false, draining: true }),
  'server-disabled': intent({ serverEnabled: false }),
  'server-weight-zero': intent({ weight: 0 }),
  'not-forced-to-layer-4': intent({ forceL4: false }),
  'not-direct-return': intent({ directReturn: false }),
  'rule-broken': intent({ brokenRules: [RULE] }),
  'no-director': knownWell({ directors: [] }),
  'directors-away': directors({ connected: false }),
  'director-away': directors({ connected: false }, {}),
  'director-interface-remade': directors({ troubles: [{ reason: 'InterfaceRemade', message: 'eth0' }] }),
  'director-rules-flushed': directors({ troubles: [{ reason: 'RulesUndone', message: 'rules' }] }),
  'director-fault': directors({ fault: { reason: 'NftRefused', message: 'nft said no' } }),
  'directors-behind': directors({ confirmed: false }),
  'answers-on-own-address-only': knowing({ HealthViaVip: not('AnswersOnOwnAddressOnly') }),
  'health-check-refused': knowing({ HealthViaVip: not('Refused') }),
  'health-check-times-out': knowing({ HealthViaVip: not('TimedOut') }),
  'health-check-answered-otherwise': knowing({ HealthViaVip: not('UnexpectedStatus') }),
  'kept-by-panic-guard': knowing({ HealthViaVip: not('KeptByPanicGuard') }),
  'directors-differ-about-health': knowing({ HealthViaVip: not('DirectorsDiffer') }),
  'director-in-trouble': directors({ troubles: [{ reason: 'CannotAnnounce', message: 'perl said no' }] }),
  'agent-leaves': knowing({ Admitted: not('AgentLeaves') }),
  'no-agent': agent({ joined: false, name: '', alive: null, reported: false }),
  'not-attested': unmanaged({ Attested: not('NotAttested'), Admitted: not('NotAttested') }),
  'host-answered-for-vip': unmanaged({
    SilentOnSegment: not('AnswersForVip'),
    ArpSilent: not('AnswersForVip'),
    Admitted: not('NotSilent'),
  }),
  'somebody-else-answers': knownWell({
    strangers: [{ director: 'lb-1', mac: '02:00:00:00:00:ee', node: 'web-2' }],
  }),
  'server-not-heard': knownWell({ neighbours: [found('NotHeard')] }),
  'server-has-new-mac': knownWell({ neighbours: [found('NewMac')] }),
  'silence-not-proved': unmanaged({
    SilentOnSegment: open('NotFoundOut'),
    Admitted: not('SilenceNotProved'),
  }),
  'agent-not-reported': agent({ reported: false }),
  'host-not-looked-at': knowing({ HostLookedOver: not('CannotLook'), ArpSilent: not('NotLookedAt') }),
  'agent-away': agent({ alive: false }),
  'agent-of-another-epoch': knowing({ DocumentsAccepted: not('LowerEpoch') }),
  'agent-refuses-documents': knowing({ DocumentsAccepted: not('DigestMismatch') }),
  'vip-not-usable': knowing({ VipBound: not('NotUsable') }),
  'vip-is-the-gateway': knowing({ VipBound: not('IsGateway') }),
  'vip-on-another-interface': knowing({ VipBound: not('OwnAddress'), ArpSilent: not('OwnAddress') }),
  'vip-prefix-too-wide': knowing({ VipBound: not('WiderPrefixOnLoopback') }),
  'host-answers-arp': knowing({
    ArpSettingsInForce: not('NotSilent'),
    VipBound: not('NotSilent'),
    ArpSilent: not('NotSilent'),
  }),
  'router-loop': knowing({ NotARouterLoop: not('WouldLoop'), VipBound: not('NotBound') }),
  'vip-taken-away': knowing({ VipBound: not('DriftPersists') }),
  'guard-missing': knowing({ ArpSilent: not('NotSilent') }),
  'vip-missing': knowing({ VipBound: not('NotBound'), ServiceAnswersOnVip: open('VipNotBound') }),
  'address-not-on-host': knowing({ SameSegment: not('AddressNotOnHost') }),
  'interface-down': knowing({ SameSegment: not('InterfaceDown') }),
  'no-common-segment': knowing({ SameSegment: not('NoSharedSubnet') }),
  'firewall-drops': knowing({ FirewallAllows: not('Dropped') }),
  'listens-elsewhere': knowing({ ListensOnVip: not('Elsewhere'), ServiceAnswersOnVip: not('Refused') }),
  'not-listening': knowing({ ServiceAnswersOnVip: not('Refused') }),
  'udp-answers-from-elsewhere': knowing({ ServiceAnswersOnVip: not('OtherSource') }),
  'service-does-not-answer': knowing({ ServiceAnswersOnVip: not('OtherStatus') }),
  'service-not-asked-yet': knowing({ ServiceAnswersOnVip: open('NotProbed') }),
  'service-not-asked-any-more': knowing({
    ServiceAnswersOnVip: open('CouldNotAsk'),
    Admitted: { status: 'True', reason: 'Admitted' },
  }),
  'health-not-checked': knowing({ HealthViaVip: open('CouldNotAsk') }),
  'default-route-through-director': knowing({ DefaultRouteAvoidsDirector: not('ThroughDirector') }),
  'reverse-path-filter': knowing({ FirewallAllows: open('ReversePathFilter') }),
  'mtu-differs': knowing({ MtuMatches: not('Differs') }),
  'no-default-route': knowing({ DefaultRouteAvoidsDirector: open('NoDefaultRoute') }),
  'repairs-undone': knowing({ RepairsHold: not('DriftPersists') }),
  'firewall-not-understood': knowing({ FirewallAllows: open('LegacyTables') }),
  'settings-not-kept': knowing({ ArpSettingsKept: not('NotWritten') }),
  'state-damaged': knowing({ OwnChangesKnown: not('Damaged') }),
  'drift-seen-late': knowing({ HostWatched: not('MonitorEnded') }),
};
