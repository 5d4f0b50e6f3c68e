import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceDocument } from '../../src/contract/documents.js';
import { stopProcess } from '../support/namespaces.js';
import { VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';

let net: DirectorNetwork;

const web = service(1, { servers: entries(1, 4, [1000, 1000]), slots: 8 });
const range = service(2, { port: 8000, endPort: 8009, servers: entries(2, 4, [1000, 500]), slots: 8 });
const six = service(3, { address: VIP6, servers: entries(3, 6, [1000, 1000]), slots: 8 });
const dns = service(4, { protocol: 'udp', port: 53, servers: entries(4, 4, [0, 1000]), slots: 8 });
const all = [web, range, six, dns];

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-ker`);
});
beforeEach(async () => {
  expect(await net.restart(all)).toEqual([]);
  net.takeTransactions();
});
afterEach(() => net.restart([]));
afterAll(() => net.close());

describe('a change', () => {
  it('is one transaction that names only the elements that changed', async () => {
    await net.put({ ...web, servers: entries(1, 4, [1000, 0]) });
    const [transaction, ...others] = net.takeTransactions();
    expect(others).toEqual([]);
    const lines = (transaction ?? '').trim().split('\n');
    const slots = /^(delete|add) element netdev homeward slots \{ (.*) \}$/;
    const moved = lines.flatMap((line) => (slots.exec(line)?.[2] ?? '').split(', ').filter(Boolean));
    // Half of the eight slots, each deleted and added; server 11 keeps its own.
    expect(moved).toHaveLength(8);
    expect(lines.filter((line) => !slots.test(line)).map((line) => line.replace(/: \d+ }/, ': … }'))).toEqual(
      [
        'delete element netdev homeward takers { 1 . 12 }',
        'delete element netdev homeward digests { 1 }',
        'add element netdev homeward digests { 1 : … }',
      ],
    );
  });

  it('of nothing sends nothing', async () => {
    expect(await net.put(web, range)).toEqual([]);
    expect(net.takeTransactions()).toEqual([]);
  });

  it('of many services at once is one transaction', async () => {
    await net.put(...all.map((body) => ({ ...body, servers: body.servers.slice(1) })));
    expect(net.takeTransactions()).toHaveLength(1);
  });

  it('of a weight spawns nft once, then asks for the VIP alone, and nothing else', async () => {
    net.commands.splice(0);
    await net.put({ ...web, servers: entries(1, 4, [1000, 500]) });
    expect(net.commands.map(({ argv }) => argv[0])).toEqual(['nft', 'ip']);
    expect(net.commands[1]?.input).toMatch(/^address add 192\.0\.2\.200\/32 dev eth0 metric \d+\n$/);
  });

  it('can hand the address of a removed service to a new one in the same step', async () => {
    const heir = service(5, { servers: entries(5, 4, [1000, 1000]), slots: 8 });
    const faults = await net.change([
      { key: '5', version: 901, revision: 1, body: heir },
      { key: '1', version: 900, revision: 1, body: null },
    ]);
    expect(faults).toEqual([]);
    expect(net.takeTransactions()).toHaveLength(1);
  });
});

describe('the digest of the tables', () => {
  const digest = async () => (await net.engine.describe()).engine.tableDigest;

  it('is that of the documents, however they came', async () => {
    const before = await digest();
    await net.put({ ...web, servers: entries(1, 4, [1000, 1]) });
    const changed = await digest();
    expect(changed).not.toBe(before);
    await net.put({ ...web, slots: 16 });
    expect(new Set([before, changed]).has(await digest())).toBe(false);
    await net.remove(range, dns);
    await net.put(dns, web, range);
    expect(await digest()).toBe(before);
    await net.restart(all.toReversed());
    expect(await digest()).toBe(before);
  });
});

describe('a document that cannot be put in force', () => {
  const clash = service(9, { port: 8005, endPort: 8020, servers: entries(9, 4, [1, 1]), slots: 8 });

  it('does not hold up the others of its batch, and what was in force stays', async () => {
    const before = await elements();
    const news = [20, 21, 22].map((number) =>
      service(number, { port: 1000 + number, servers: entries(number, 4, [1, 1]), slots: 8 }),
    );
    const faults = await net.put(...news, clash);
    expect(faults).toEqual([
      { key: '9', versionInForce: null, reason: 'Refused', message: expect.stringContaining('File exists') },
    ]);
    expect(await elements()).toContain('192.0.2.200 . tcp . 1022');
    await net.remove(...news);
    expect(await elements()).toBe(before);
  });

  it('leaves its former version in force, and says which', async () => {
    const before = await elements();
    const [fault] = await net.put({ ...web, port: 8000, endPort: 8001 });
    expect(fault).toMatchObject({ key: '1', reason: 'Refused', versionInForce: expect.any(Number) });
    expect(await elements()).toBe(before);
  });

  it('does not hold up the others at a start either', async () => {
    const faults = await net.restart([...all, clash]);
    expect(faults).toEqual([expect.objectContaining({ key: '9', versionInForce: null })]);
    expect(await elements()).toContain('192.0.2.200 . tcp . 80');
    await net.restart(all);
  });

  it('for want of a shared segment runs with the servers that have one', async () => {
    const far = { number: 19, address: '198.51.100.77', weight: 1000 };
    const faults = await net.put({ ...web, servers: [...web.servers, far] });
    expect(faults).toEqual([expect.objectContaining({ key: '1', reason: 'NoSharedSegment' })]);
    expect(faults[0]?.message).toContain('198.51.100.77');
    expect(await elements()).not.toContain('198.51.100.77');
  });

  it('finds its server once the director gets on the segment', async () => {
    const far = { ...web, servers: [...web.servers, { number: 19, address: '203.0.113.77', weight: 1000 }] };
    expect(await net.put(far)).toHaveLength(1);
    await net.director.exec(['ip', 'address', 'add', '203.0.113.2/24', 'dev', 'eth0']);
    expect(await net.put(far)).toEqual([]);
    expect(await elements()).toContain('203.0.113.77');
    await net.director.exec(['ip', 'address', 'delete', '203.0.113.2/24', 'dev', 'eth0']);
  });
});

describe('a change that finds the kernel without what was there', () => {
  it.each([
    ['the table', 'flush ruleset'],
    ['an element', 'delete element netdev homeward backends4.eth0 { 11 }'],
  ])('brings back %s', async (_, damage) => {
    // Without what others needed before.
    await net.director.exec(['nft', 'flush ruleset']);
    await net.restart();
    const rulesBefore = await rules();
    await net.director.exec(['nft', damage]);
    expect(await net.put({ ...web, servers: entries(1, 4, [null, 1000]) })).toEqual([]);
    expect(await net.put(web)).toEqual([]);
    const repaired = await elements();
    expect(await rules()).toBe(rulesBefore);
    await net.director.exec(['nft', 'flush ruleset']);
    await net.restart();
    expect(await elements()).toBe(repaired);
  });
});

describe('a restart', () => {
  it('that finds everything right sends nothing that changes anything', async () => {
    expect(await seenByMonitor(() => net.restart())).toBe('');
    expect(net.takeTransactions()).toEqual([]);
    expect(await seenByMonitor(() => net.put({ ...web, servers: [] }))).toContain('delete element');
  });

  it.each([
    ['an element deleted', 'delete element netdev homeward slots { 1 . 3 }'],
    ['a map emptied', 'flush map netdev homeward backends4.eth0'],
    ['all slots lost', 'flush map netdev homeward slots'],
    ['a service that nobody wants', 'add element netdev homeward services4 { 192.0.2.99 . tcp . 80 : 77 }'],
    ['a rule deleted', 'flush chain netdev homeward place4'],
    ['a rule added', 'add rule netdev homeward steer4 drop'],
    ['the whole table gone', 'delete table netdev homeward'],
    [
      'a map of another make',
      'delete table netdev homeward; add table netdev homeward; add map netdev homeward slots { type mark : mark; }',
    ],
    [
      'flows that are keyed in another way',
      'delete table netdev homeward; add table netdev homeward; add map netdev homeward flows4 { type mark : mark; flags dynamic,timeout; }',
    ],
  ])('repairs %s', async (_, damage) => {
    const elementsBefore = await elements();
    const rulesBefore = await rules();
    await net.director.exec(['nft', damage]);
    expect((await elements()) + (await rules())).not.toBe(elementsBefore + rulesBefore);
    expect(await net.restart()).toEqual([]);
    expect(await elements()).toBe(elementsBefore);
    expect(await rules()).toBe(rulesBefore);
  });

  it('finds services without flow affinity as it left them, and repairs their short way', async () => {
    const stateless = ([4, 6] as const).map((family) =>
      service(90 + family, {
        address: family === 4 ? VIP4 : VIP6,
        port: 8_080,
        flowAffinity: false,
        servers: entries(90 + family, family, [1000, 1000]),
      }),
    );
    await net.put(...stateless);
    const [elementsBefore, rulesBefore] = [await elements(), await rules()];
    expect(rulesBefore).toContain('map @straight6');
    expect(await seenByMonitor(() => net.restart())).toBe('');
    for (const damage of ['flush map netdev homeward straight6', 'flush chain netdev homeward in']) {
      await net.director.exec(['nft', damage]);
      expect(await net.restart()).toEqual([]);
    }
    expect([await elements(), await rules()]).toEqual([elementsBefore, rulesBefore]);
    // The rules stay until rules are laid anew, and find nothing.
    await net.remove(...stateless);
    expect(await rules()).toBe(rulesBefore);
    await net.restart();
    expect(await rules()).not.toContain('map @straight6');
  });

  it('leaves rules alone that services needed which are gone', async () => {
    const odd = service(95, { port: 8_081, slots: 128, servers: entries(95, 4, [1000, 1000]) });
    await net.put(odd);
    await net.remove(odd);
    expect(await rules()).toContain('chain maglev4-128');
    expect(await seenByMonitor(() => net.restart())).toBe('');
    expect(await rules()).toContain('chain maglev4-128');
  });

  it('changes only what differs', async () => {
    await net.director.exec(['nft', 'delete element netdev homeward slots { 1 . 3 }']);
    net.takeTransactions();
    await net.restart();
    expect(net.takeTransactions()).toEqual([
      expect.stringMatching(/^add element netdev homeward slots \{ 1 \. 3 : \d+ \}\n$/),
    ]);
  });

  it('on other documents than before leaves nothing of the old ones', async () => {
    const lean: ServiceDocument = { ...web, slots: 4, servers: entries(1, 4, [1, null]) };
    await net.restart([lean]);
    const brought = await elements();
    await net.restart([]);
    await net.restart([lean]);
    expect(await elements()).toBe(brought);
  });
});

describe('after the last service', () => {
  it('nothing is left in the table but its rules', async () => {
    await net.remove(...all);
    expect(await elements()).not.toMatch(/elements/);
  });
});

/** Every map with its elements, but for counters and the flows. */
async function elements(): Promise<string> {
  const listed = await net.director.exec(['nft', 'list', 'ruleset']);
  return sorted(listed.replaceAll(/ counter packets \d+ bytes \d+/g, ''), 'map');
}

async function rules(): Promise<string> {
  return sorted(await net.director.exec(['nft', '-t', 'list', 'ruleset']), 'chain');
}

/** The blocks of one kind, each with sorted lines: the kernel lists neither in a fixed order. */
function sorted(listing: string, kind: string): string {
  const blocks = listing.split('\n\t}').filter((block) => new RegExp(`^\\s*${kind} `, 'm').test(block));
  return kind === 'chain' ? blocks.sort().join('') : blocks.map(sortedElements).sort().join('');
}

function sortedElements(block: string): string {
  const [head = '', body = ''] = block.split('elements = {');
  if (body === '') return head;
  const each = body
    .replace('}', '')
    .split(',')
    .map((text) => text.trim());
  return `${head}elements ${each.sort().join('\n')}`;
}

/** What `nft monitor` shows of all that anybody changes meanwhile. */
async function seenByMonitor(during: () => Promise<unknown>): Promise<string> {
  const monitor = net.director.spawn(['nft', 'monitor']);
  let seen = '';
  monitor.stdout?.on('data', (data) => (seen += String(data)));
  // Tables that nobody uses tell that it listens, and that it has printed all there is to print.
  const canary = async (name: string) => {
    await net.director.exec(['nft', `add table netdev ${name}; delete table netdev ${name}`]);
    expect(seen).toContain(name);
  };
  await expect.poll(() => canary('canary_before')).toBeUndefined();
  const silence = /^(add|delete) table netdev canary_|^# new generation .*by process \d+ \(nft\)$/;
  await during();
  await expect.poll(() => canary('canary_after')).toBeUndefined();
  await stopProcess(monitor);
  return seen
    .slice(seen.lastIndexOf('canary_before'))
    .split('\n')
    .slice(1)
    .filter((line) => line !== '' && !silence.test(line))
    .join('\n');
}
