/** `homeward ctl` changes what the control plane shall do: from files, planned first, and back again. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { InForceWaits } from '../../src/api/waiting/in-force-waits.js';
import { ADMIN_TOKEN, ApiUnderTest } from '../support/api-under-test.js';
import { runCtl, type CtlEnded } from '../support/run-ctl.js';
import { TestNode } from '../support/test-node.js';
import { untilSo } from '../support/until-so.js';

const SHOP = {
  name: 'shop',
  address: '192.0.2.200',
  protocol: 'tcp',
  port: 80,
  tags: { team: 'web' },
  realServers: [{ address: '192.0.2.11' }, { address: '192.0.2.12' }],
};
const MAIL = { name: 'mail', address: '192.0.2.201', protocol: 'tcp', port: 25, tags: { team: 'mail' } };

let api: ApiUnderTest;
let folder: string;

const ctl = (args: string, input = ''): Promise<CtlEnded> =>
  runCtl({ apiUrl: api.base, token: ADMIN_TOKEN }, args.split(' '), input);

const configuration = (...virtualServices: object[]): string => stringify({ virtualServices });

beforeAll(async () => {
  api = await ApiUnderTest.start();
  folder = await mkdtemp(join(tmpdir(), 'homeward-ctl-'));
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

it('applies a file, shows the difference before, and finds none after it', async () => {
  const file = join(folder, 'lb.yaml');
  await writeFile(file, configuration(SHOP, MAIL));
  const before = await ctl(`diff -f ${file}`);
  expect(before.code).toBe(1);
  expect(before.stdout).toContain('+ virtual-service shop 192.0.2.200:80');
  const applied = await ctl(`apply -f ${file} --ticket CHG0042`);
  expect(applied).toMatchObject({ code: 0, stderr: '' });
  expect(applied.stdout).toMatch(/^create +shop +192\.0\.2\.200 80\/tcp /m);
  expect(applied.stdout).toContain('Revision 1\n');
  expect(await ctl(`diff -f ${file}`)).toMatchObject({ code: 0, stdout: '' });
  expect((await ctl(`apply -f ${file}`)).stdout).toBe('Nothing had to be changed.\n');
  expect((await ctl('get revisions')).stdout).toMatch(
    /^1 .* admin +CHG0042 +create virtual-service ×2, create real-server ×2$/m,
  );
});

it('exports what it applies, all of it or the part with a tag', async () => {
  const { stdout } = await ctl('export');
  expect(await ctl('diff -f -', stdout)).toMatchObject({ code: 0 });
  const mail = parse((await ctl('export --tag team=mail')).stdout) as { virtualServices: { name: string }[] };
  expect(mail.virtualServices.map(({ name }) => name)).toEqual(['mail']);
  const json = JSON.parse((await ctl('export -o json')).stdout) as typeof mail;
  expect(json.virtualServices).toHaveLength(2);
});

it('changes a part, and leaves what has other tags alone', async () => {
  const { code, stdout } = await ctl('apply -f - --tag team=mail', configuration({ ...MAIL, port: 26 }));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^delete +mail/m);
  expect((await ctl('get vs')).stdout).toContain('192.0.2.200:80/tcp');
});

it('plans a configuration or a batch of writes, and does nothing of it', async () => {
  const revision = (await ctl('get revisions --limit 1 -o json')).stdout;
  const fine = await ctl('plan -f -', configuration({ ...SHOP, drainSeconds: 5 }));
  expect(fine.code).toBe(0);
  expect(fine.stdout).toContain('drainSeconds: 300 -> 5');
  const wrong = { ...SHOP, realServers: [{ address: '192.0.2.11', port: 8080 }] };
  const refused = await ctl('plan -f -', configuration(wrong));
  expect(refused.code).toBe(3);
  expect(refused.stdout).toContain('/virtualServices/0/realServers/0/port: ');
  expect((await ctl('apply -f -', configuration(wrong))).code).toBe(3);
  const change = { method: 'POST', path: '/v1/virtual-services', body: { ...MAIL, address: '192.0.2.202' } };
  const batch = await ctl('plan -f - -o json', JSON.stringify({ changes: [change] }));
  expect(JSON.parse(batch.stdout)).toMatchObject({ allowed: true, changes: [{ action: 'create' }] });
  expect((await ctl('get revisions --limit 1 -o json')).stdout).toBe(revision);
});

it('rolls one service back, and then everything, planned first', async () => {
  const before = (await ctl('export')).stdout;
  await ctl('apply -f - --tag team=web', configuration({ ...SHOP, drainSeconds: 5, tags: { team: 'web' } }));
  const planned = await ctl('rollback 2 --of shop --dry-run');
  expect(planned.stdout).toContain('drainSeconds: 5 -> 300');
  expect((await ctl('export')).stdout).not.toBe(before);
  expect((await ctl('rollback 2 --of shop --ticket CHG0043')).stdout).toMatch(/^update +shop/m);
  expect((await ctl('export')).stdout).toBe(before);
  expect((await ctl('rollback 0')).stdout).toMatch(/^delete +shop/m);
  expect((await ctl('rollback 2')).code).toBe(0);
  expect((await ctl('export')).stdout).toBe(before);
  expect((await ctl('rollback 99')).code).toBe(4);
  expect((await ctl('describe revision 4')).stdout).toMatch(
    /ticket +CHG0043\n~ virtual-service shop[^]*drainSeconds: 5 -> 300/,
  );
});

it('tells the events of all that, the newest last', async () => {
  await vi.waitFor(async () => {
    const { stdout } = await ctl('events -o json -w type=virtual-service.created');
    const { items } = JSON.parse(stdout) as { items: { data: { name: string } }[] };
    const names = items.map(({ data }) => data.name);
    expect(names.slice(0, 3)).toEqual(['shop', 'mail', 'mail']);
    expect(names.slice(3).sort()).toEqual(['mail', 'shop']);
  }, 10_000);
});

it('says where a file is wrong, and which there is not', async () => {
  const wrong = await ctl('apply -f -', 'virtualServices:\n  - address: 192.0.2.1\n    colour: red\n');
  expect(wrong.code).toBe(3);
  expect(wrong.stderr).toContain('/virtualServices/0/colour');
  expect((await ctl('apply -f -', 'a: [')).code).toBe(3);
  const missing = await ctl(`apply -f ${folder}/nowhere.yaml`);
  expect(missing).toMatchObject({ code: 2, stdout: '' });
});

it('waits for what it applied, and says by its exit code what came of that', async () => {
  const mail = (scheduler = 'maglev') => configuration({ ...MAIL, port: 2525, scheduler });
  const lacking = await ctl('apply -f - --tag team=mail --wait=1', mail());
  expect(lacking.code).toBe(7);
  expect(lacking.stdout).toMatch(/is rolling-out: 1 of 2 services in force, 1 waiting/);
  expect(lacking.stdout).toMatch(/^- +director +1 +No director has joined/m);
  const again = await ctl('apply -f - --tag team=mail --wait=1', mail());
  expect([again.code, again.stdout]).toEqual([7, expect.stringContaining('Nothing had to be changed.')]);

  const director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  await director.follow();
  await director.confirm();
  expect((await ctl('apply -f - --tag team=mail --wait', mail())).code).toBe(0);
  const [{ id: key }] = (await api.get('/v1/virtual-services?name=mail')).body.items;
  const refuse = () =>
    director.confirm([{ key, versionInForce: null, reason: 'KernelRefused', message: 'No.' }]);
  await refuse();
  const applying = ctl('apply -f - --tag team=mail --wait -o json', mail('source-hash'));
  await untilSo(() => api.part(InForceWaits).size === 1, 'somebody to wait', 10_000);
  await director.confirm();
  const { code, stdout } = await applying;
  const { revision, progress } = JSON.parse(stdout) as { revision: number; progress: object };
  expect([code, progress]).toMatchObject([0, { revision, state: 'in-force', services: { total: 1 } }]);

  await refuse();
  const back = await ctl(`rollback ${revision - 1} --wait=1`);
  expect([back.code, back.stdout]).toEqual([7, expect.stringMatching(/^lb-1 +director +1 +No\.$/m)]);
  const [overtaken, none, node] = await Promise.all([
    ctl(`progress ${revision}`),
    ctl('progress 9999 --wait'),
    ctl('get node lb-1'),
  ]);
  expect([overtaken.code, overtaken.stdout]).toEqual([8, expect.stringContaining(' 1 overtaken\n')]);
  expect(none.code).toBe(4);
  expect([node.code, node.stdout]).toEqual([0, expect.stringMatching(/^lb-1 +director/m)]);
  director.leave();
});
