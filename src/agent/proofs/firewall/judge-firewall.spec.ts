import { describe, expect, it } from 'vitest';
import { judgeFirewall } from './judge-firewall.js';
import { readRuleset, type Statement } from './ruleset.js';

const VIP = '192.0.2.200';
const VIP6 = '2001:db8::200';
const NAMED = { family: 'inet', table: 'filter' };

interface Around {
  readonly policy?: string;
  readonly hook?: string;
  readonly family?: string;
  readonly other?: readonly (readonly Statement[])[];
  readonly legacy?: boolean;
  readonly strictElsewhere?: readonly string[];
  readonly interfaces?: readonly string[];
  readonly service?: { vip?: string; protocol?: 'tcp' | 'udp'; port?: number; endPort?: number };
}

/** The verdict of a firewall with these rules in a chain of its own. */
function verdict(rules: readonly (readonly Statement[])[], around: Around = {}) {
  const { policy = 'accept', hook = 'input', family = 'inet', legacy = false, strictElsewhere = [] } = around;
  const at = { ...NAMED, family };
  const chains = [
    { chain: { ...at, name: 'input', hook, prio: 0, policy } },
    { chain: { ...at, name: 'other' } },
  ];
  const listed = (chain: string, lists: readonly (readonly Statement[])[]) =>
    lists.map((expr, index) => ({ rule: { ...at, chain, handle: index + 5, expr } }));
  const nftables = [...chains, ...listed('input', rules), ...listed('other', around.other ?? [])];
  const ruleset = readRuleset(JSON.stringify({ nftables }));
  const {
    vip = VIP,
    protocol = 'tcp',
    port = 80,
    endPort = around.service?.port ?? 80,
  } = around.service ?? {};
  const { interfaces = ['eth0'] } = around;
  const view = { ruleset, legacy, strictElsewhere, interfaces };
  const { status, reason } = judgeFirewall({ vip, protocol, port, endPort }, view);
  return `${status} ${reason}`;
}

const ACCEPT = { accept: null };
const DROP = { drop: null };
const match = (left: unknown, right: unknown, op = '=='): Statement => ({ match: { op, left, right } });
const payload = (protocol: string, field: string) => ({ payload: { protocol, field } });
const port = (right: unknown, protocol = 'tcp', op = '==') => match(payload(protocol, 'dport'), right, op);
const meta = (key: string, right: unknown, op = '==') => match({ meta: { key } }, right, op);
const to = (right: unknown, family = 'ip') => match(payload(family, 'daddr'), right);
const from = (right: unknown) => match(payload('ip', 'saddr'), right);
const state = (right: unknown, op = 'in') => match({ ct: { key: 'state' } }, right, op);

const PASSES = 'True Accepted';
const DROPPED = 'False Dropped';
const DOUBT = 'Unknown DependsOnMore';

describe('a firewall lets a service in', () => {
  it.each([
    ['that has no rules', []],
    ['that drops another port', [[port(81), DROP]]],
    ['that drops the port over UDP', [[port(80, 'udp'), DROP]]],
    ['that drops it for another address', [[to('192.0.2.11'), port(80), DROP]]],
    ['that drops IPv6', [[meta('nfproto', 'ipv6'), DROP]]],
    ['that drops what is no new flow', [[state('new', '!='), DROP]]],
    ['that drops what comes in by lo', [[meta('iif', 'lo'), DROP]]],
    ['that drops clients with a loopback address', [[from({ prefix: { addr: '127.0.0.0', len: 8 } }), DROP]]],
    ['that accepts it first', [[port({ set: [22, { range: [80, 90] }] }), ACCEPT], [DROP]]],
    ['that counts and logs', [[{ counter: {} }, { log: {} }]]],
    [
      'that guards against neighbour discovery',
      [[match(payload('icmpv6', 'type'), 'nd-neighbor-solicit'), DROP]],
    ],
  ])('%s', (_, rules) => {
    expect(verdict(rules)).toBe(PASSES);
  });

  it('with a policy of drop and a rule for it', () => {
    expect(verdict([[port(80), ACCEPT]], { policy: 'drop' })).toBe(PASSES);
    expect(verdict([[port(79, 'tcp', '>'), ACCEPT]], { policy: 'drop' })).toBe(PASSES);
    expect(verdict([[to({ prefix: { addr: '192.0.2.0', len: 24 } }), ACCEPT]], { policy: 'drop' })).toBe(
      PASSES,
    );
    expect(verdict([[meta('iifname', 'eth*'), ACCEPT]], { policy: 'drop' })).toBe(PASSES);
  });

  it('by way of another chain and of a map', () => {
    const other = [[port(80), ACCEPT], [DROP]];
    expect(verdict([[{ jump: { target: 'other' } }]], { other })).toBe(PASSES);
    const data = {
      set: [
        [443, DROP],
        [80, { goto: { target: 'other' } }],
      ],
    };
    expect(verdict([[{ vmap: { key: payload('tcp', 'dport'), data } }], [DROP]], { other })).toBe(PASSES);
    expect(
      verdict([[{ jump: { target: 'other' } }], [ACCEPT]], { other: [[{ return: null }], [DROP]] }),
    ).toBe(PASSES);
  });

  it('with nothing that looks at incoming packets', () => {
    expect(verdict([[DROP]], { hook: 'output' })).toBe('True NoRules');
    expect(verdict([[DROP]], { family: 'arp' })).toBe('True NoRules');
    expect(verdict([[DROP]], { family: 'ip6' })).toBe('True NoRules');
  });
});

describe('a firewall keeps a service out', () => {
  it.each([
    ['by its policy', [], { policy: 'drop' }],
    ['by a rule for the port', [[port(80), DROP]], {}],
    ['by a rule for all', [[{ counter: {} }, { reject: {} }]], {}],
    ['by a rule for a range with it', [[port({ range: [1, 1000] }), DROP]], {}],
    ['by a rule for all ports but one', [[port(22, 'tcp', '!='), DROP]], {}],
    ['by a rule of another hook', [[port(80), DROP]], { hook: 'prerouting' }],
    [
      'where established flows alone are accepted',
      [[state(['established', 'related']), ACCEPT]],
      { policy: 'drop' },
    ],
    ['where another interface alone is let in', [[meta('iifname', 'eth1'), ACCEPT]], { policy: 'drop' }],
    [
      'where some ports of the range are let in',
      [[port(81, 'tcp', '<'), DROP]],
      { service: { port: 70, endPort: 80 } },
    ],
    ['over IPv6', [[to(VIP6, 'ip6'), DROP]], { service: { vip: VIP6 } }],
    ['in a chain of its own', [[{ jump: { target: 'other' } }]], { other: [[port(80), DROP]] }],
  ] as const)('%s', (_, rules, around) => {
    expect(verdict(rules, around)).toBe(DROPPED);
  });
});

describe('a firewall leaves it open', () => {
  it.each([
    ['where clients are told apart', [[from('198.51.100.1'), DROP]], {}],
    ['where a set decides', [[port('@ports'), DROP]], {}],
    ['where a limit decides', [[{ limit: {} }, ACCEPT], [DROP]], {}],
    ['where a match of iptables decides', [[{ xt: null }, DROP]], {}],
    ['where an expression is new', [[match({ osf: { key: 'name' } }, 'Linux'), DROP]], {}],
    ['where a verdict is new', [[{ tproxy: {} }]], {}],
    ['where one of two interfaces is meant', [[meta('iif', 'eth0'), DROP]], { interfaces: ['eth0', 'eth1'] }],
    ['where a part of the range is dropped', [[port(75), DROP]], { service: { port: 70, endPort: 80 } }],
    ['in a chain that sees one interface', [[DROP]], { family: 'netdev', hook: 'ingress' }],
    ['in such a chain of family inet', [[DROP]], { family: 'inet', hook: 'ingress' }],
    ['by the policy of such a chain', [], { family: 'inet', hook: 'ingress', policy: 'drop' }],
    ['where connections may be untracked', [[state('untracked', '=='), DROP]], {}],
    ['where a map cannot be seen', [[{ vmap: { key: payload('tcp', 'dport'), data: '@verdicts' } }]], {}],
  ] as const)('%s', (_, rules, around) => {
    expect(verdict(rules, around)).toBe(DOUBT);
  });

  it('where iptables-legacy has tables, but not where nft drops it already', () => {
    expect(verdict([], { legacy: true })).toBe('Unknown LegacyTables');
    expect(verdict([[DROP]], { legacy: true })).toBe(DROPPED);
  });

  it('where a strict reverse path filter may drop it, for IPv4 alone', () => {
    expect(verdict([], { strictElsewhere: ['eth1'] })).toBe('Unknown ReversePathFilter');
    expect(verdict([], { strictElsewhere: ['eth1'], service: { vip: VIP6 } })).toBe(PASSES);
  });

  it('where it cannot be read', () => {
    const ruleset = { unreadable: 'nft is not there' };
    const view = { ruleset, legacy: false, strictElsewhere: [], interfaces: ['eth0'] };
    const judged = judgeFirewall({ vip: VIP, protocol: 'tcp', port: 80, endPort: 80 }, view);
    expect(judged).toEqual({ status: 'Unknown', reason: 'NotReadable', message: 'nft is not there' });
  });
});

describe('a strict reverse path filter', () => {
  const told = (...strictElsewhere: readonly string[]): string => {
    const view = { ruleset: readRuleset('{"nftables":[]}'), legacy: false, interfaces: ['eth0'] };
    const packet = { vip: VIP, protocol: 'tcp', port: 80, endPort: 80 } as const;
    return judgeFirewall(packet, { ...view, strictElsewhere }).message;
  };

  it('is named with its interfaces, and a container that comes or goes says nothing new', () => {
    expect(told('eth2', 'eth1')).toContain('rp_filter is 1 on eth1, eth2, and');
    const many = told('docker0', 'eth1', 'eth2', 'veth1');
    expect(many).toContain('rp_filter is 1 on docker0, eth1, eth2 and others, and');
    expect(told('veth1', 'eth2', 'veth0', 'docker0', 'eth1')).toBe(many);
  });
});

describe('a firewall that keeps a service out', () => {
  it('names the place and the cure', () => {
    const rule = { ...NAMED, chain: 'input', handle: 12, expr: [DROP] };
    const chain = { ...NAMED, name: 'input', hook: 'input', prio: 0, policy: 'accept' };
    const ruleset = readRuleset(JSON.stringify({ nftables: [{ chain }, { rule }] }));
    const view = { ruleset, legacy: false, strictElsewhere: [], interfaces: ['eth0'] };
    const { message } = judgeFirewall({ vip: VIP6, protocol: 'udp', port: 53, endPort: 53 }, view);
    expect(message).toContain('rule 12 of chain input of table inet filter');
    expect(message).toContain(`ip6 daddr ${VIP6} udp dport 53 accept`);
  });
});
