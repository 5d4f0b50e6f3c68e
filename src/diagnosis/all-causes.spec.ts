import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALL_CAUSES } from './all-causes.js';
import { diagnose } from './diagnose.js';
import type { Known } from './known.js';
import { knowing, knownWell, reporting, standing, wanted } from './sample-known.fake.js';

const not = (reason: string) => ({ status: 'False', reason }) as const;
const open = (reason: string) => ({ status: 'Unknown', reason }) as const;
const intent = (parts: Parameters<typeof wanted>[0]): Known => knownWell({ intent: wanted(parts) });
const agent = (parts: Parameters<typeof reporting>[0]): Known => knownWell({ agent: reporting(parts) });
const directors = (...all: Parameters<typeof standing>[0][]): Known =>
  knownWell({ directors: all.map((each) => standing(each)) });
/** Without an agent nobody tells what only an agent can see. */
const unmanaged = (verdicts: Parameters<typeof knowing>[0]): Known =>
  knowing({ VipBound: open('NotManaged'), ...verdicts }, knownWell({ agent: null, verdicts: new Map() }));
const RULE = { code: 'address-is-a-node', message: 'It is the director lb-2.', hint: 'Choose another.' };

/** What is known when the cause is there alone. */
const ALONE: Readonly<Record<string, Known>> = {
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
  'director-fault': directors({ fault: { reason: 'NftRefused', message: 'nft said no' } }),
  'directors-behind': directors({ confirmed: false }),
  'no-agent': agent({ joined: false, name: '', alive: null, reported: false }),
  'not-attested': unmanaged({ Attested: not('NotAttested'), Admitted: not('NotAttested') }),
  'host-answered-for-vip': unmanaged({
    SilentOnSegment: not('AnswersForVip'),
    ArpSilent: not('AnswersForVip'),
    Admitted: not('NotSilent'),
  }),
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

const codesOf = (known: Known) => diagnose(known).map(({ code }) => code);

describe('a diagnosis', () => {
  it('finds nothing where all is well, and nothing in what is not known', () => {
    expect(diagnose(knownWell())).toEqual([]);
    expect(diagnose(knownWell({ intent: null, directors: null, agent: null, verdicts: new Map() }))).toEqual(
      [],
    );
  });

  it.each(Object.entries(ALONE))('names %s first', (code, known) => {
    const [first] = diagnose(known);
    expect(first).toMatchObject({
      code,
      seen: expect.stringMatching(/\S/),
      why: expect.stringMatching(/\S/),
    });
  });

  it('knows a sample of every cause', () => {
    expect(Object.keys(ALONE).sort()).toEqual(ALL_CAUSES.map(({ code }) => code).sort());
  });

  it('names every cause that it finds, and what explains the others first', () => {
    const known = knowing(
      { NotARouterLoop: not('WouldLoop'), VipBound: not('NotBound'), MtuMatches: not('Differs') },
      agent({ alive: false }),
    );
    expect(codesOf(known)).toEqual(['router-loop', 'vip-missing', 'mtu-differs', 'agent-away']);
    expect(codesOf({ ...known, intent: wanted({ serviceEnabled: false }) })[0]).toBe('service-disabled');
  });

  it('says what it rests on', () => {
    const since = new Date('2026-01-02T00:00:00Z');
    const verdict = { ...not('Differs'), message: '1500 and 9000.', since };
    const [finding] = diagnose(knownWell({ verdicts: new Map([['MtuMatches', verdict]]) }));
    expect(finding).toMatchObject({
      seen: '1500 and 9000.',
      facts: { condition: 'MtuMatches', reason: 'Differs', since: since.toISOString() },
    });
  });

  it('leaves the ARP settings out of it where the VIP is IPv6, which has none', () => {
    const known = knowing({ ArpSettingsInForce: not('NotSilent'), ArpSettingsKept: not('NotWritten') });
    expect(codesOf({ ...known, vip: '2001:db8::200' })).toEqual([]);
  });

  it('does not take a rule and the missing segment for two things', () => {
    const brokenRules = [{ ...RULE, code: 'no-shared-segment' }];
    expect(codesOf(intent({ brokenRules }))).toEqual(['rule-broken']);
    expect(codesOf(knowing({ SameSegment: not('NoSharedSubnet') }, intent({ brokenRules })))).toEqual([
      'no-common-segment',
    ]);
  });
});

describe('causes', () => {
  it('have codes of their own, and those that only might go wrong come last', () => {
    const codes = ALL_CAUSES.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    const severities = ALL_CAUSES.map(({ severity }) => severity);
    expect(severities.slice(severities.indexOf('at-risk')).every((each) => each === 'at-risk')).toBe(true);
  });

  it('are listed in the guide for operators, in this order', () => {
    const guide = readFileSync('docs/troubleshooting.md', 'utf8');
    const rows = guide.matchAll(/^\| `([^`]+)` *\| `(\S+)` *\| (.+?) *\|$/gm);
    const listed = [...rows].map(([, ...cells]) => cells);
    expect(listed).toEqual(ALL_CAUSES.map(({ code, severity, title }) => [code, severity, title]));
  });

  it.each(Object.entries(ALONE))(
    'tell for %s what to do on either system, by commands of ours alone',
    (_, known) => {
      for (const vip of [known.vip, '2001:db8::200']) {
        const fix = diagnose({ ...known, vip })[0]?.fix;
        for (const { words, commands } of fix === undefined ? [] : [fix.linux, fix.windows]) {
          expect(words).toMatch(/^[A-Z].*\.$/);
          for (const command of commands) expect(command).toMatch(/^[\x20-\x7e]+$/);
        }
      }
    },
  );

  it('put no text into a command that is not an address or an id', () => {
    const evil = { vip: '192.0.2.200; reboot' };
    expect(() => diagnose({ ...knowing({ VipBound: not('OwnAddress') }), ...evil })).toThrow('canonical');
    const serviceId = '$(reboot)'.padEnd(36, 'x');
    expect(() => diagnose(intent({ serviceEnabled: false, serviceId }))).toThrow('only an id');
  });
});
