import { describe, expect, it } from 'vitest';
import type { HostView } from './host-view.js';
import { judgeHost, type PassedHost } from './judge-host.js';

const VIP = '192.0.2.200';
const GUARDED = [VIP, '2001:db8::200', '192.0.2.2', '192.0.2.3'];

function view(
  places: Readonly<Record<string, readonly string[]>>,
  silent = true,
  guarded = GUARDED,
): HostView {
  const interfaces = Object.entries(places).map(([name, addresses]) => ({
    name,
    loopback: name === 'lo',
    mac: null,
    up: true,
    mtu: 1500,
    addresses: addresses.map((text) => {
      const [address = '', prefix = ''] = text.split('/');
      return { address, prefixLength: Number(prefix) };
    }),
  }));
  return {
    interfaces,
    gateways: [],
    silence: { inForce: silent, deviations: [], problems: silent ? [] : ['eth0 answers.'], kept: true },
    guard: { standing: true, inForce: true, addresses: new Set(guarded), advice: 'See nft.' },
  };
}

function judge(over: Partial<PassedHost>) {
  return judgeHost({
    wanted: [VIP],
    gone: [],
    ours: new Set([VIP]),
    borrowed: new Set(),
    view: view({ lo: [`${VIP}/32`] }),
    refusals: { refusal: () => undefined },
    failure: undefined,
    ...over,
  });
}

describe('judging a host after a pass', () => {
  it('has no trouble with a VIP on lo and silence', () => {
    const { facts, troubles } = judge({});
    expect(facts).toMatchObject([{ address: VIP, bound: true, silent: true }]);
    expect(troubles.size).toBe(0);
  });

  it('says that a VIP is not bound, and what the step failed with', () => {
    const { facts } = judge({ view: view({ lo: [] }), failure: 'RTNETLINK answers: No' });
    expect(facts).toMatchObject([{ bound: false, reason: 'BindFailed', message: 'RTNETLINK answers: No' }]);
  });

  it('says that a VIP is not silent, and where', () => {
    const { facts, troubles } = judge({ view: view({ lo: [`${VIP}/32`] }, false) });
    expect(facts).toMatchObject([{ bound: true, silent: false, message: 'eth0 answers.' }]);
    expect([...troubles.keys()]).toEqual([VIP]);
  });

  it('counts a VIP that is also on another interface as neither bound nor silent', () => {
    const { facts } = judge({ view: view({ lo: [`${VIP}/32`], eth0: [`${VIP}/24`] }) });
    expect(facts).toMatchObject([{ bound: false, silent: false }]);
  });

  it('does not need the ARP settings for IPv6', () => {
    const { facts } = judge({
      wanted: ['2001:db8::200'],
      view: view({ lo: ['2001:db8::200/128'] }, false),
    });
    expect(facts).toMatchObject([{ bound: true, silent: true }]);
  });

  it('tells released VIPs from those that stay with an operator and those that are stuck', () => {
    const gone = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
    const { facts, released, troubles } = judge({
      wanted: [],
      gone,
      ours: new Set(['192.0.2.3']),
      borrowed: new Set(['192.0.2.2']),
      view: view({ lo: ['192.0.2.2/32', '192.0.2.3/32'] }),
    });
    expect(released).toMatchObject([
      { address: '192.0.2.1', reason: 'Released', bound: false, silent: true },
    ]);
    expect(facts.map(({ reason }) => reason)).toEqual(['LeftToOperator', 'UnbindFailed']);
    expect([...troubles]).toMatchObject([['192.0.2.3', { reason: 'UnbindFailed' }]]);
  });

  it.each([true, false])('says of a VIP left to an operator what was read back: silent %s', (silent) => {
    const over = { wanted: [], gone: [VIP], ours: new Set<string>(), borrowed: new Set([VIP]) };
    const { facts } = judge({ ...over, view: view({ lo: [`${VIP}/32`] }, silent) });
    expect(facts).toMatchObject([{ reason: 'LeftToOperator', bound: true, silent }]);
  });

  it('makes a fault and no fact of a key that is no address', () => {
    const refusals = { refusal: () => ({ reason: 'NotCanonical', message: 'no' }) };
    const { facts, troubles } = judge({ wanted: ['x'], refusals });
    expect(facts).toEqual([]);
    expect(troubles.get('x')).toMatchObject({ reason: 'NotCanonical', bound: false });
  });
});
