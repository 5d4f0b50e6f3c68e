/** The configuration as one text: exported, kept, applied again. */
import { load } from 'js-yaml';
import type { Response } from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exportOf } from '../support/configurations.js';
import { ApiUnderTest } from '../support/api-under-test.js';

const PATH = '/v1/configuration';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

beforeEach(async () => {
  await apply([]);
});

function apply(virtualServices: readonly object[], query = ''): Promise<Response> {
  return api.put(PATH + query, { virtualServices }).expect(200);
}

async function exported(query = ''): Promise<string> {
  return (await api.get(PATH + query).expect(200)).text;
}

function exportedYaml(): Promise<string> {
  return exportOf(api, 'yaml');
}

function putYaml(text: string, query = '') {
  return api
    .send('put', PATH + query)
    .type('application/yaml')
    .send(text);
}

function troubles({ status, body }: Response): unknown[] {
  return [status, ...body.errors.map(({ code, field }: Record<string, string>) => `${code} ${field}`)];
}

const WEB = { address: '192.0.2.9', protocol: 'tcp', port: 80 };
const DNS = { address: '192.0.2.10', protocol: 'udp', port: 53 };
const SIX = { address: '2001:db8::1', protocol: 'tcp', port: 443 };

describe('the export', () => {
  it('is in one order, has what differs from defaults, and nothing that moves by itself', async () => {
    await api.createService({ ...SIX, name: 'six' });
    await api.createService({
      ...WEB,
      port: 443,
      drainSeconds: 300,
      healthCheck: { type: 'http', path: '/health', rise: 2 },
      tags: { team: 'web', env: 'prod' },
      realServers: [
        { address: '192.0.2.100', weight: 1000 },
        { address: '192.0.2.20', weight: 5, backup: true },
      ],
    });
    await api.createService(DNS);
    await api.createService(WEB);
    const { text, headers } = await api.get(PATH).expect(200);
    expect(text.endsWith('\n  ]\n}\n')).toBe(true);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(text)).toEqual({
      virtualServices: [
        WEB,
        {
          ...WEB,
          port: 443,
          healthCheck: { type: 'http', path: '/health' },
          tags: { env: 'prod', team: 'web' },
          realServers: [{ address: '192.0.2.20', weight: 5, backup: true }, { address: '192.0.2.100' }],
        },
        DNS,
        { ...SIX, name: 'six' },
      ],
    });
    expect(text).toContain('\n    {\n      "address": "192.0.2.9",\n      "protocol": "tcp",\n');
    expect(load(await exportedYaml())).toEqual(JSON.parse(text));
  });

  it('of nothing is an empty list, in JSON and in YAML', async () => {
    expect(await exported()).toBe('{\n  "virtualServices": []\n}\n');
    expect(await exportedYaml()).toBe('virtualServices: []\n');
  });

  it('has a tag of what it says, whatever was changed and changed back', async () => {
    const { id } = await api.createService(WEB);
    const first = await api.get(PATH).expect(200);
    const tag = String(first.headers['etag']);
    const asYaml = await api.get(PATH).set('Accept', 'application/yaml');
    expect(asYaml.headers['etag']).toBe(tag.replace(/"$/, '-yaml"'));
    await api.get(PATH).set('If-None-Match', tag).expect(304);
    await api.patch(`/v1/virtual-services/${id}`, { name: 'x' }).expect(200);
    await api.get(PATH).set('If-None-Match', tag).expect(200);
    await api.patch(`/v1/virtual-services/${id}`, { name: '' }).expect(200);
    await api.get(PATH).set('If-None-Match', tag).expect(304);
  });
});

describe('a configuration that is applied', () => {
  it('is one revision of the difference, and who stays the same is not touched', async () => {
    const same = await api.createService({ ...WEB, realServers: [{ address: '192.0.2.20' }] });
    const other = await api.createService({
      ...DNS,
      realServers: [{ address: '192.0.2.20' }, { address: '192.0.2.21' }],
    });
    const gone = await api.createService(SIX);
    const { body } = await apply([
      { ...SIX, port: 80 },
      { ...DNS, name: 'dns', realServers: [{ address: '192.0.2.22' }, { address: '192.0.2.21' }] },
      { ...WEB, forceL4: true, tags: {}, realServers: [{ address: '192.0.2.20', port: null, weight: 1000 }] },
    ]);
    expect(body).toEqual({
      revision: gone.revision + 1,
      changes: expect.arrayContaining([
        { action: 'update', id: other.id, name: 'dns', ...DNS },
        { action: 'delete', id: gone.id, name: '', ...SIX },
        { action: 'create', id: expect.any(String), name: '', ...SIX, port: 80 },
      ]),
    });
    expect(body.changes).toHaveLength(3);
    expect((await api.get(`/v1/virtual-services/${same.id}`)).body.revision).toBe(same.revision);
    const { realServers } = (await api.get(`/v1/virtual-services/${other.id}`)).body;
    expect(realServers[0].id).toBe(other.realServers[1]?.id);
  });

  it('as it was exported, in JSON or YAML, in any order, changes nothing and takes no revision', async () => {
    await api.createService({ ...WEB, realServers: [{ address: '192.0.2.20' }, { address: '192.0.2.21' }] });
    await api.createService(DNS);
    const before = await api.contents();
    const { virtualServices } = JSON.parse(await exported());
    const nothing = { revision: null, changes: [] };
    expect((await apply(virtualServices)).body).toEqual(nothing);
    const [first, second] = virtualServices;
    const turned = [second, { ...first, realServers: first.realServers.toReversed() }];
    expect((await apply(turned)).body).toEqual(nothing);
    expect((await putYaml(await exportedYaml()).expect(200)).body).toEqual(nothing);
    expect(await api.contents()).toEqual(before);
  });

  it('tells all that is wrong by its place in what was sent, and does nothing of it', async () => {
    await api.createService(WEB);
    const before = await api.contents();
    const refused = async (virtualServices: unknown, ...told: unknown[]) => {
      const body = { virtualServices };
      expect(troubles(await api.put(PATH, body as object))).toEqual(told);
      expect(await api.contents()).toEqual(before);
    };
    await refused(
      [WEB, { ...DNS, port: 0 }, { ...SIX, size: 1 }, { ...SIX, realServers: [{ address: '1' }] }],
      400,
      'field-invalid /virtualServices/1/port',
      'unknown-field /virtualServices/2/size',
      'address-not-usable /virtualServices/3/realServers/0/address',
    );
    await refused(
      [
        { ...WEB, realServers: [{ address: '192.0.2.20', port: 81 }] },
        { ...WEB, port: 79, endPort: 81 },
        { ...DNS, realServers: [{ address: '2001:db8::5' }] },
      ],
      422,
      'direct-return-keeps-the-port /virtualServices/0/realServers/0/port',
      'virtual-service-overlaps /virtualServices/0/port',
      'virtual-service-overlaps /virtualServices/1/port',
      'address-families-differ /virtualServices/2/realServers/0/address',
    );
    await refused([WEB, WEB], 409, 'virtual-service-overlaps /virtualServices/1/port');
    await refused({}, 400, 'field-invalid /virtualServices');
    await refused([[]], 400, 'field-invalid /virtualServices');
    const realServers = Array.from({ length: 1_000 }, () => ({}));
    const many = Array.from({ length: 101 }, () => ({ ...DNS, realServers }));
    await refused(many, 400, 'field-invalid /virtualServices');
    expect(troubles(await api.put(PATH, {}))).toEqual([400, 'field-required /virtualServices']);
    expect(troubles(await api.put(PATH, { virtualServices: [], nodes: [] }))).toEqual([
      400,
      'unknown-field /nodes',
    ]);
  });

  it('is applied only upon the state that If-Match names', async () => {
    await api.createService(WEB);
    const tag = String((await api.get(PATH)).headers['etag']);
    const put = (etag: string) => api.put(PATH, { virtualServices: [DNS] }).set('If-Match', etag);
    await put('"0123456789abcdef0123456789abcdef"').expect(412);
    await put('W/"x"').expect(412);
    await put(tag.replace(/"$/, '-yaml"')).expect(200);
    await put(tag).expect(412);
    await put('*').expect(200);
  });

  it('is planned first where that is asked for, and nothing is done', async () => {
    const { id } = await api.createService(WEB);
    const before = await api.contents();
    const plan = await api.put(`${PATH}?dryRun=true`, { virtualServices: [DNS] }).expect(200);
    expect(plan.body.changes).toMatchObject([{ action: 'delete', objectId: id }, { action: 'create' }]);
    expect(await api.contents()).toEqual(before);
    expect(JSON.parse(await exported()).virtualServices).toEqual([WEB]);
  });

  it('is applied once for its Idempotency-Key', async () => {
    const put = () => api.put(PATH, { virtualServices: [WEB] }).set('Idempotency-Key', 'whole');
    const first = await put().expect(200);
    expect((await put().expect(200)).text).toBe(first.text);
  });
});

describe('a part of the configuration', () => {
  const team = (name: string) => ({ tags: { team: name } });

  it('is exported and applied by itself, and leaves others alone', async () => {
    await apply([{ ...WEB, ...team('web') }, { ...DNS, ...team('net') }, SIX]);
    expect(JSON.parse(await exported('?tag.team=web')).virtualServices).toEqual([{ ...WEB, ...team('web') }]);
    const { body } = await apply([{ ...WEB, port: 81, ...team('web') }], '?tag.team=web');
    expect(body.changes.map(({ action }: { action: string }) => action).sort()).toEqual(['create', 'delete']);
    expect(JSON.parse(await exported()).virtualServices).toEqual([
      { ...WEB, port: 81, ...team('web') },
      { ...DNS, ...team('net') },
      SIX,
    ]);
  });

  it('brings in nothing that would be outside, and takes no place of others', async () => {
    await apply([{ ...DNS, ...team('net') }]);
    const put = (virtualServices: object[]) => api.put(`${PATH}?tag.team=web`, { virtualServices });
    expect(troubles(await put([{ ...WEB, ...team('web') }, { ...SIX, ...team('net') }, SIX]))).toEqual([
      422,
      'outside-scope /virtualServices/1/tags',
      'outside-scope /virtualServices/2/tags',
    ]);
    expect(troubles(await put([{ ...DNS, ...team('web') }]))).toEqual([
      409,
      'virtual-service-overlaps /virtualServices/0/port',
    ]);
    expect((await api.get(`${PATH}?tag.team=web&tag.team=net`)).status).toBe(400);
    expect((await api.get(`${PATH}?tag.=web`)).status).toBe(400);
    expect((await api.get(`${PATH}?team=web`)).status).toBe(400);
  });
});
