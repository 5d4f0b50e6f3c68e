import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALL_CAUSES } from './all-causes.js';
import { diagnose } from './diagnose.js';
import type { Known } from './known.js';
import { agent, intent, not, open, RULE, SAMPLE_CAUSES, unmanaged } from './sample-causes.fake.js';
import { knowing, knownWell, standing, wanted } from './sample-known.fake.js';

const codesOf = (known: Known) => diagnose(known).map(({ code }) => code);

describe('a diagnosis', () => {
  it('finds nothing where all is well, and nothing in what is not known', () => {
    expect(diagnose(knownWell())).toEqual([]);
    expect(diagnose(knownWell({ intent: null, directors: null, agent: null, verdicts: new Map() }))).toEqual(
      [],
    );
  });

  it.each(Object.entries(SAMPLE_CAUSES))('names %s first', (code, known) => {
    const [first] = diagnose(known);
    expect(first).toMatchObject({
      code,
      seen: expect.stringMatching(/\S/),
      why: expect.stringMatching(/\S/),
    });
  });

  it('knows a sample of every cause', () => {
    expect(Object.keys(SAMPLE_CAUSES).sort()).toEqual(ALL_CAUSES.map(({ code }) => code).sort());
  });

  it('names every cause that it finds, and what explains the others first', () => {
    const known = knowing(
      { NotARouterLoop: not('WouldLoop'), VipBound: not('NotBound'), MtuMatches: not('Differs') },
      agent({ alive: false }),
    );
    expect(codesOf(known)).toEqual(['router-loop', 'vip-missing', 'mtu-differs', 'agent-away']);
    expect(codesOf({ ...known, intent: wanted({ serviceEnabled: false }) })[0]).toBe('service-disabled');
  });

  it('does not wait for an agent that has nothing to take', () => {
    const known = { ...agent({ reported: false }), intent: wanted({ serverEnabled: false }) };
    expect(codesOf(known)).toEqual(['server-disabled']);
  });

  it('does not blame a host without an agent for directors that cannot ask', () => {
    const waits = { SilentOnSegment: open('NoDirector'), Admitted: not('SilenceNotProved') };
    expect(codesOf({ ...unmanaged(waits), directors: [] })).toEqual(['no-director']);
    const away = { ...unmanaged(waits), directors: [standing({ connected: false })] };
    expect(codesOf(away)[0]).toBe('directors-away');
    expect(codesOf(away)).not.toContain('silence-not-proved');
  });

  it('names who answers in the place of a host without an agent, and not the wait for it', () => {
    const waits = { SilentOnSegment: open('SomebodyAnswers'), Admitted: not('SilenceNotProved') };
    const strangers = [{ director: 'lb-1', mac: '02:00:00:00:00:ee', node: null }];
    expect(codesOf({ ...unmanaged(waits), strangers })).toEqual(['somebody-else-answers']);
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
    const [guide = ''] = readFileSync('docs/troubleshooting.md', 'utf8').split('## On a director');
    const rows = guide.matchAll(/^\| `([^`]+)` *\| `(\S+)` *\| (.+?) *\|$/gm);
    const listed = [...rows].map(([, ...cells]) => cells);
    expect(listed).toEqual(ALL_CAUSES.map(({ code, severity, title }) => [code, severity, title]));
  });

  it.each(Object.entries(SAMPLE_CAUSES))(
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
