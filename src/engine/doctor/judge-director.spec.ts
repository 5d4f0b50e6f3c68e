import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sampleSeen } from '../drivers/nftables/seen-service.fake.js';
import { describeDirector } from './describe-director.js';
import type { ExaminedDirector } from './examined-director.js';
import { judgeDirector } from './judge-director.js';
import { unansweredIn } from './read-neighbours.js';
import { boundDevices } from './read-table.js';

const { body } = sampleSeen();
const program = (name: string) => ({ name, version: `${name} 1`, problem: null });
const WELL: ExaminedDirector = {
  kernel: '6.1.0',
  programs: ['nft', 'ip', 'perl', 'setpriv', 'unshare'].map(program),
  noRights: null,
  joined: ['192.0.2.2'],
  engineRuns: true,
  kept: 'all',
  toldAt: '2026-01-01T00:00:00.000Z',
  told: { revision: 7, heldBack: null },
  services: [body],
  ground: { vipDevice: 'eth0', devices: ['eth0'], down: [] },
  table: { devices: ['eth0'], services: new Set([1]) },
  addresses: new Set(['192.0.2.2', '192.0.2.200']),
  offSegment: [],
  unreachable: [],
  sysctls: { 'net.ipv4.ip_forward': '0' },
  apiProblem: undefined,
};
const codes = (changes: Partial<ExaminedDirector>) =>
  judgeDirector({ ...WELL, ...changes }).map(({ code }) => code);

describe('a director', () => {
  it('is well when everything is there', () => {
    expect(codes({})).toEqual([]);
    const text = describeDirector(WELL, []);
    expect(text).toContain(
      'Looked at 1 services, as the engine was last told (revision 7, at 2026-01-01T00:00:00.000Z).',
    );
    expect(text).toContain('VIPs on eth0, packets taken from eth0.');
    expect(text).toContain('Linux 6.1.0; nft: nft 1;');
    expect(text).toContain('Nothing stands against traffic on this director');
  });

  const AILMENTS: readonly (readonly [string, Partial<ExaminedDirector>])[] = [
    ['no-rights', { noRights: 'Operation not permitted', table: null }],
    ['not-joined', { joined: null, told: null, engineRuns: false, services: [] }],
    ['nothing-told', { told: null, services: [] }],
    ['engine-away', { engineRuns: false }],
    ['state-damaged', { kept: 'older' }],
    ['changes-held-back', { told: { revision: 7, heldBack: { services: 3, digest: 'f'.repeat(64) } } }],
    ['control-plane-unreachable', { apiProblem: 'ECONNREFUSED' }],
    ['no-interface', { ground: { problem: 'there is no interface eth9' } }],
    ['interface-down', { ground: { vipDevice: 'eth0', devices: ['eth0'], down: ['eth0'] } }],
    ['table-missing', { table: null }],
    ['table-on-other-interfaces', { table: { devices: ['7'], services: new Set([1]) } }],
    ['services-missing', { table: { devices: ['eth0'], services: new Set() } }],
    ['vips-not-held', { addresses: new Set(['192.0.2.2']) }],
    ['server-off-segment', { offSegment: ['192.0.2.11'] }],
    ['server-not-found', { unreachable: ['192.0.2.11'] }],
    ['routing-is-on', { sysctls: { 'net.ipv4.ip_forward': '1' } }],
  ];

  it.each(AILMENTS)('is told of %s, and of nothing else', (code, changes) =>
    expect(codes(changes)).toEqual([code]),
  );

  it('ails of nothing that the guide for operators does not list', () => {
    const [, guide = ''] = readFileSync('docs/troubleshooting.md', 'utf8').split('## On a director');
    for (const [code, changes] of AILMENTS) {
      const [{ severity } = { severity: '' }] = judgeDirector({ ...WELL, ...changes });
      expect(guide).toMatch(new RegExp(`\\| \`${code}\` +\\| \`${severity}\``));
    }
  });

  it('forwards without Perl, whose lack says nothing of services', () => {
    const broken = { name: 'perl', version: null, problem: 'spawn perl ENOENT' };
    const found = judgeDirector({
      ...WELL,
      programs: [broken],
      table: { devices: ['eth0'], services: null },
    });
    expect(found).toMatchObject([{ code: 'program-missing', severity: 'at-risk' }]);
  });

  it('misses no service whose servers are all elsewhere, and no table where nothing is to forward', () => {
    const table = { devices: ['eth0'], services: new Set<number>() };
    expect(codes({ table, offSegment: ['192.0.2.11', '192.0.2.12'] })).toEqual(['server-off-segment']);
    expect(codes({ table: null, services: [] })).toEqual([]);
  });

  it('is told how to approve what it holds back', () => {
    const heldBack = { services: 3, digest: '0123456789abcdef'.repeat(4) };
    expect(judgeDirector({ ...WELL, told: { revision: 7, heldBack } })).toMatchObject([
      {
        seen: expect.stringContaining('3 services'),
        commands: [`homeward engine approve ${heldBack.digest}`],
      },
    ]);
  });

  it('hears the gravest first, with what to do', () => {
    const found = judgeDirector({ ...WELL, engineRuns: false, table: null });
    expect(found.map(({ severity }) => severity)).toEqual(['no-traffic', 'at-risk']);
    const text = describeDirector(WELL, found);
    expect(text).toContain('1. The table that forwards is not in the kernel  [table-missing, no-traffic]');
    expect(text).toContain('   concerns: 192.0.2.200 tcp 80');
    expect(text).toContain('   do:   Let the engine run');
  });
});

it.each([
  ['chain in { type filter hook ingress device "eth0" priority -100; }', ['eth0']],
  ['type filter hook ingress devices = { eth1, eth0 } priority -100; policy accept;', ['eth0', 'eth1']],
  ['type filter hook ingress device 7 priority filter - 100;', ['7']],
  ['no hook', []],
])('reads what a table is bound to from %j', (listed, devices) =>
  expect(boundDevices(listed)).toEqual(devices),
);

it('counts a server as lost only where the kernel asked in vain', () => {
  const listed = JSON.stringify([
    { dst: '192.0.2.11', dev: 'eth0', state: ['FAILED'] },
    { dst: '192.0.2.12', dev: 'eth0', lladdr: '02:00:00:00:00:b2', state: ['STALE'] },
    { dst: '192.0.2.99', dev: 'eth0', state: ['INCOMPLETE'] },
  ]);
  expect(unansweredIn(listed, ['192.0.2.11', '192.0.2.12', '192.0.2.13'])).toEqual(['192.0.2.11']);
  expect(unansweredIn('', ['192.0.2.11'])).toEqual([]);
});
