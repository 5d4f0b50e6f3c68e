import { describe, expect, it } from 'vitest';
import type { ServiceDocument } from '../contract/documents.js';
import { sampleServiceDocument } from '../contract/sample-service-document.fake.js';
import { foretellTable, MOST_ELEMENTS_TOLD, type DirectorFacts } from './foretell-table.js';

const FACTS: DirectorFacts = {
  seed: 7,
  interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01', up: true, mtu: 1500, addresses: ['192.0.2.2/24'] }],
  health: new Map(),
  blind: false,
};
const TCP = { type: 'tcp', port: 80, intervalMs: 1000, timeoutMs: 500, rise: 1, fall: 1 } as const;
const web = sampleServiceDocument({ slots: 2 });
const checked = { ...web, healthCheck: TCP };
const entry = (last: number, weight = 1000) => ({ number: last, address: `192.0.2.${last}`, weight });

function foretold(
  before: ServiceDocument | null,
  after: ServiceDocument | null,
  { settled = after, ...facts }: Partial<DirectorFacts> & { settled?: ServiceDocument | null } = {},
) {
  return foretellTable([{ key: 'web', before, after, settled }], { ...FACTS, ...facts });
}

function healthy(...numbers: readonly number[]): DirectorFacts['health'] {
  return new Map(numbers.map((number) => [number, { healthy: true, reason: 'Answers' }]));
}

const fallen = { healthy: false, reason: 'NoAnswer' };

describe('what a plan says of a director', () => {
  it('is nothing where nothing changes', () => {
    expect(foretold(web, web)).toMatchObject({ commands: [], later: [], leftOut: 0 });
  });

  it('is a line for each map, those that delete first', () => {
    const { commands, later } = foretold(web, { ...web, servers: [entry(11)], slots: 1 });
    expect(later).toEqual([]);
    expect(commands.slice(0, 3)).toEqual([
      'delete element netdev homeward classes4 { 1 }',
      'delete element netdev homeward takers { 1 . 12 }',
      expect.stringMatching(/^delete element netdev homeward digests \{ 1 \}$/),
    ]);
    expect(commands.at(-1)).toMatch(/^add element netdev homeward (slots|digests)/);
  });

  it('tells of a host that has not proven itself, and of a drain, as what follows later', () => {
    const draining = { ...web, servers: [entry(11), entry(12, 0)] };
    const { commands, later } = foretold(web, draining, {
      settled: { ...web, servers: [entry(11), entry(13)] },
    });
    expect(commands.join('\n')).not.toContain('backends4');
    expect(later).toContain('delete element netdev homeward backends4.eth0 { 12 }');
    expect(later).toContain('add element netdev homeward backends4.eth0 { 13 : 192.0.2.13 }');
  });

  it('names no server on no segment of the director, and says so', () => {
    const { commands, notes } = foretold(null, {
      ...web,
      servers: [entry(11), { number: 12, address: '198.51.100.12', weight: 1 }],
    });
    expect(commands.join('\n')).not.toContain('198.51.100.12');
    expect(notes.join('\n')).toContain('Real server 198.51.100.12 is on no segment of this director');
  });

  it('says of the VIP when it comes and when it goes', () => {
    expect(foretold(null, web).notes.join()).toContain('takes the VIP');
    expect(foretold(web, null).notes.join()).toContain('gives up the VIP');
    expect(foretold(web, { ...web, slots: 4 }).notes.join()).not.toContain('VIP');
  });

  it('has the chains that nothing of the service needed before', () => {
    const sticky = { ...web, persistence: { timeoutSeconds: 60, prefixLength: 24 } };
    expect(foretold(web, sticky).chains).toContain('add chain netdev homeward source4-24-60');
    expect(foretold(sticky, { ...sticky, servers: [entry(11)] }).chains).toEqual([]);
  });

  it('is about as many services as fit, and counts the others', () => {
    const many = Array.from({ length: 1_000 }, (_, at) => {
      const after = { ...web, number: at + 1, port: at + 1, endPort: at + 1 };
      return { key: `${at}`, before: null, after, settled: after };
    });
    const { commands, leftOut } = foretellTable(many, FACTS);
    expect(leftOut).toBeGreaterThan(300);
    expect(commands.join().split(',').length).toBeLessThan(MOST_ELEMENTS_TOLD + 100);
  });

  it('is about a service that is too large for that all the same', () => {
    const after = { ...web, slots: 4096, flowAffinity: false as const };
    expect(foretold(null, after)).toMatchObject({ leftOut: 0 });
    expect(foretold(null, after).commands.join()).toContain('1 . 4095 : ');
  });
});

describe('what a plan says of a director that checks servers', () => {
  it('puts one in the table when it has passed, and not before', () => {
    const before = { ...checked, servers: [entry(11)] };
    const { commands, later } = foretold(before, checked, { health: healthy(11) });
    expect(commands).toEqual([]);
    expect(later).toContain('add element netdev homeward backends4.eth0 { 12 : 192.0.2.12 }');
  });

  it('leaves one out that does not answer', () => {
    const health = new Map([...healthy(11), [12, fallen]]);
    const { commands, later } = foretold(checked, { ...checked, slots: 4 }, { health });
    expect([...commands, ...later].join()).not.toContain('192.0.2.12');
    expect(commands.join()).not.toMatch(/takers|: 12/);
  });

  it('has it all at once where the director cannot check', () => {
    const before = { ...checked, servers: [entry(11)] };
    expect(foretold(before, checked, { blind: true }).commands.join()).toContain('192.0.2.12');
  });

  it('keeps what the panic guard keeps', () => {
    const kept = { healthy: false, reason: 'KeptByPanicGuard' };
    const health = new Map([11, 12].map((number) => [number, kept]));
    const { commands } = foretold(checked, { ...checked, slots: 4 }, { health });
    expect(commands.join()).toContain('1 . 3 : 1');
    expect(commands.join()).not.toContain('delete element netdev homeward backends4.eth0');
  });

  it('takes those that have packets for healthy when the check is another', () => {
    const { commands } = foretold(
      checked,
      { ...checked, healthCheck: { ...TCP, port: 81 } },
      { health: healthy(11, 12) },
    );
    expect(commands).toEqual([]);
  });

  it('lets a backup in when the last of the others leaves', () => {
    const servers = [entry(11), { ...entry(12), backup: true as const }];
    const standing = new Map([...healthy(11), [12, { healthy: true, reason: 'StandingBy' }]]);
    const { commands } = foretold(
      { ...checked, servers },
      { ...checked, servers: servers.slice(1) },
      { health: standing },
    );
    expect(commands).toContain('add element netdev homeward takers { 1 . 12 }');
  });
});
