/** `homeward ctl` as operators and scripts use it: real processes, against the API as it is. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ADMIN_TOKEN, ApiUnderTest, type Created } from '../support/api-under-test.js';
import { runCtl, type CtlEnded } from '../support/run-ctl.js';

let api: ApiUnderTest;
let shop: Created;

const ctl = (...args: string[]): Promise<CtlEnded> => runCtl({ apiUrl: api.base, token: ADMIN_TOKEN }, args);

beforeAll(async () => {
  api = await ApiUnderTest.start();
  const realServers = [{ address: '192.0.2.11' }, { address: '192.0.2.12', weight: 7 }];
  shop = await api.createService({
    name: 'shop',
    address: '192.0.2.200',
    tags: { team: 'web' },
    realServers,
  });
  await api.createService({ name: 'twin', address: '192.0.2.201' });
  await api.createService({ name: 'twin', address: '192.0.2.202', protocol: 'udp', endPort: 90 });
  await api.post('/v1/nodes', { name: 'lb-1', role: 'director', addresses: ['192.0.2.2'] });
});
afterAll(() => api.close());

it('lists services for people, as filters, order and limit say', async () => {
  const { code, stdout } = await ctl(
    'get',
    'vs',
    '-w',
    'name=in:shop,twin',
    '-w',
    'protocol=udp',
    '--sort',
    'name',
  );
  expect(code).toBe(0);
  const [header, row, ...rest] = stdout.trimEnd().split('\n');
  expect(header).toMatch(/^NAME +SERVES +SERVERS +OPERATING +PROVISIONING +REVISION +ID$/);
  expect(row).toMatch(/^twin +192\.0\.2\.202:80-90\/udp +0 +offline +pending +3 /);
  expect(rest).toEqual([]);
  const one = await ctl('get', 'virtual-services', '--limit', '1', '-o', 'json');
  expect((JSON.parse(one.stdout) as { items: unknown[] }).items).toHaveLength(1);
});

it('follows lists to their end, however many pages they have', async () => {
  const create = Array.from({ length: 201 }, (_, index) => ({
    name: `many-${index}`,
    address: `198.51.100.${index}`,
    port: 53,
    protocol: 'udp',
  }));
  expect((await api.post('/v1/virtual-services/bulk', { create })).status).toBe(200);
  const { stdout } = await ctl('get', 'vs', '-q', 'many', '-o', 'json');
  const { items } = JSON.parse(stdout) as { items: { id: string }[] };
  expect(new Set(items.map(({ id }) => id)).size).toBe(201);
});

it.each(['shop', '192.0.2.200:80', '192.0.2.200:80/tcp'])('knows a service by %s', async (meant) => {
  const { stdout } = await ctl('get', 'rs', '--of', meant, '-o', 'yaml');
  const { items } = parse(stdout) as { items: { address: string; weight: number }[] };
  expect(items.map(({ address, weight }) => [address, weight])).toEqual([
    ['192.0.2.11', 1000],
    ['192.0.2.12', 7],
  ]);
});

it('knows a service by what its own list shows of it, ranges as well', async () => {
  const { code, stdout } = await ctl('get', 'vs', '192.0.2.202:80-90/udp');
  expect([code, stdout]).toEqual([0, expect.stringContaining('192.0.2.202:80-90/udp')]);
});

it('describes a service with what is in force and why not', async () => {
  const { code, stdout } = await ctl('describe', 'vs', shop.id);
  expect(code).toBe(0);
  expect(stdout).toContain('InForce: False (NoDirector)');
  expect(stdout).toContain('192.0.2.12:80, weight 7: offline, pending');
  expect(stdout).toMatch(/VipBound.*: Unknown \(NoAgent\): No agent has joined/);
});

it('describes a node, and lists the others', async () => {
  expect((await ctl('describe', 'node', 'lb-1')).stdout).toContain(
    'state      waiting-to-join, last seen never',
  );
  expect((await ctl('get', 'nodes')).stdout).toMatch(
    /lb-1 +director +waiting-to-join +192\.0\.2\.2 +- +0 +never/,
  );
});

it('tells what came of it by its exit code, and why on standard error alone', async () => {
  const elsewhere = { apiUrl: 'http://127.0.0.1:9', token: ADMIN_TOKEN };
  const ends: [CtlEnded, number, string][] = [
    [await ctl('get', 'vs', 'nowhere'), 4, 'there is no virtual service nowhere'],
    [await ctl('get', 'vs', 'twin'), 2, 'twin can be one of several'],
    [await ctl('get', 'cats'), 2, 'there are no cats to get'],
    [await ctl('get', 'rs'), 2, 'Say --of'],
    [await ctl('get', 'vs', '-w', 'port=gte:x'), 3, 'port'],
    [await ctl('get', 'vs', '--limit', '0'), 2, 'a whole number'],
    [await runCtl({ apiUrl: api.base, token: 'hwt_nobody' }, ['get', 'vs']), 3, '401 unauthenticated'],
    [await runCtl({ apiUrl: api.base, token: '' }, ['get', 'vs']), 2, 'HOMEWARD_TOKEN'],
    [await runCtl(elsewhere, ['get', 'vs']), 6, 'cannot be reached'],
  ];
  for (const [{ code, stdout, stderr }, expected, why] of ends) {
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toContain(why);
  }
});
