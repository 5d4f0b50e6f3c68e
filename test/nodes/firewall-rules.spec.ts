/**
 * What the agent reads out of a firewall's rules, beside what the kernel makes of the same rules: where the agent says
 * that they let a service in, a client gets through, and where it says that they do not, no client does.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readRules } from '../../src/agent/hosts/linux/read-for-proofs.js';
import { judgeFirewall } from '../../src/agent/proofs/firewall/judge-firewall.js';
import { AgentLab, VIP } from '../support/agent-lab.js';
import { TrafficPeer } from '../support/traffic.js';

const INPUT = 'type filter hook input priority 0;';

let lab: AgentLab;
let client: TrafficPeer;

beforeAll(async () => {
  lab = await AgentLab.open('rules');
  await lab.realServer.exec(['ip', 'address', 'add', `${VIP}/32`, 'dev', 'lo']);
  await lab.realServer.exec(['ip', 'link', 'add', 'other', 'type', 'veth', 'peer', 'name', 'there']);
  await lab.client.exec(['ip', 'route', 'add', VIP, 'via', '192.0.2.11']);
  await new TrafficPeer(lab.realServer).serve({ name: 'one', protocol: 'tcp', address: VIP, port: 80 });
  client = new TrafficPeer(lab.client);
});

afterAll(() => lab.close());
afterEach(() => lab.realServer.exec(['nft', 'flush ruleset']));

async function verdictOf(table: string): Promise<string> {
  await lab.realServer.exec(['nft', '-f', '-'], { input: `table inet filter {\n${table}\n}\n` });
  const ruleset = await readRules({ run: (argv, options) => lab.realServer.exec(argv, options) });
  const view = { ruleset, legacy: false, interfaces: ['eth0'], strictElsewhere: [] };
  const { status, reason } = judgeFirewall({ vip: VIP, protocol: 'tcp', port: 80, endPort: 80 }, view);
  return `${status} ${reason}`;
}

/** One statement a line, in a chain that sees incoming packets. */
const input = (policy: 'accept' | 'drop', ...lines: readonly string[]) =>
  `chain input {\n${INPUT} policy ${policy};\n${lines.join('\n')}\n}`;

/** The same with little patience: a connection that is dropped is waited for in vain. */
const knock = () => lab.client.exec(['timeout', '0.5', 'bash', '-c', `exec 3<>/dev/tcp/${VIP}/80`]);

const visit = () => client.visit({ address: VIP, port: 80 });

describe('rules that let a service in, as the agent reads them', () => {
  it.each([
    ['none', '', 'NoRules'],
    ['another port dropped', input('accept', 'tcp dport 443 drop'), 'Accepted'],
    ['a port let in by a set', input('drop', 'tcp dport { 22, 80-90 } counter accept'), 'Accepted'],
    ['a subnet let in', input('drop', 'ip daddr 192.0.2.0/24 accept'), 'Accepted'],
    [
      'the state told',
      input(
        'drop',
        'ct state vmap { established : accept, related : accept, invalid : drop }',
        'ct state new tcp dport 80 accept',
        'ip protocol icmp accept',
      ),
      'Accepted',
    ],
    ['an interface let in', input('drop', 'iifname "eth*" accept'), 'Accepted'],
    [
      'a jump',
      `chain web {\ntcp dport 80 accept\n}\n${input('drop', 'iif lo accept', 'jump web')}`,
      'Accepted',
    ],
    [
      'a map of verdicts',
      `chain web {\naccept\n}\n${input('drop', 'tcp dport vmap { 22 : drop, 80 : goto web }')}`,
      'Accepted',
    ],
    [
      'the other family dropped',
      input('accept', 'meta nfproto ipv6 drop', 'ip6 daddr ::/0 drop', 'icmpv6 type echo-request drop'),
      'Accepted',
    ],
  ])('%s', async (_, table, reason) => {
    expect(await verdictOf(table)).toBe(`True ${reason}`);
    expect(await visit()).toBe('one');
    await knock();
  });
});

describe('rules that keep a service out, as the agent reads them', () => {
  it.each([
    ['the port dropped', input('accept', 'tcp dport 80 drop')],
    ['rejected', input('accept', 'ip protocol tcp reject with tcp reset')],
    ['a policy', input('drop', 'iif lo accept', 'tcp dport 22 accept')],
    ['all but lo', input('accept', 'iif != lo tcp dport < 1024 drop')],
    ['new flows dropped', input('accept', 'ct state established,related accept', 'ct state new drop')],
    [
      'dropped before it is routed',
      'chain early {\ntype filter hook prerouting priority -300; policy accept;\nip daddr 192.0.2.200 drop\n}',
    ],
    [
      'a chain that falls off its end',
      `chain web {\ntcp dport 443 accept\nreturn\n}\n${input('drop', 'goto web', 'accept')}`,
    ],
  ])('%s', async (_, table) => {
    expect(await verdictOf(table)).toBe('False Dropped');
    await expect(knock()).rejects.toThrow();
  });
});

describe('rules of which it depends on more than the agent knows', () => {
  it.each([
    ['who asks', input('accept', 'ip saddr 198.51.100.0/24 drop')],
    [
      'what is in a set',
      `set out {\ntype inet_service;\nelements = { 25 }\n}\n${input('accept', 'tcp dport @out drop')}`,
    ],
    ['how much comes', input('accept', 'tcp dport 80 limit rate over 1000/second drop')],
    [
      'what comes in by another interface',
      'chain early {\ntype filter hook ingress device "other" priority 0; policy accept;\ntcp dport 80 drop\n}',
    ],
    ['where the address comes from', input('accept', 'fib saddr . iif oif missing drop')],
  ])('%s', async (_, table) => {
    expect(await verdictOf(table)).toBe('Unknown DependsOnMore');
    expect(await visit()).toBe('one');
  });
});
