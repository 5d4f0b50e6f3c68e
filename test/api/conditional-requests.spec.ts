/** Entity tags: writes that must not undo what their author has not seen, and reads of what may not have moved. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const SERVICES = '/v1/virtual-services';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

describe('a precondition', () => {
  it('lets a write through at the revision that it names, and at no other', async () => {
    const { id, revision } = await api.createService({
      address: '192.0.2.30',
      realServers: [{ address: '192.0.2.11' }],
    });
    const path = `${SERVICES}/${id}`;
    const current = `"${revision}"`;
    const edited = await api.patch(path, { name: 'a' }).set('If-Match', `"1000000", ${current}`).expect(200);
    const late = await api.patch(path, { name: 'b' }).set('If-Match', current);
    expect([late.status, late.body.code]).toEqual([412, 'precondition-failed']);
    expect(
      (await api.post(`${path}/real-servers`, { address: '192.0.2.12' }).set('If-Match', current)).status,
    ).toBe(412);
    expect((await api.delete(path).set('If-Match', current)).status).toBe(412);
    expect((await api.get(path)).body).toMatchObject({ name: 'a', revision: edited.body.revision });
    await api
      .delete(path)
      .set('If-Match', edited.headers['etag'] ?? '')
      .expect(204);
  });

  it('of * asks only that there is one', async () => {
    const { id } = await api.createService({ address: '192.0.2.31' });
    await api.patch(`${SERVICES}/${id}`, { name: 'x' }).set('If-Match', '*').expect(200);
    await api.delete(`${SERVICES}/${id}`).set('If-Match', '*').expect(204);
    expect((await api.delete(`${SERVICES}/${id}`).set('If-Match', '*')).status).toBe(404);
  });
});

describe('a precondition of a node', () => {
  it('lets a deletion or a new token through as long as nobody has changed the node since', async () => {
    const made = await api.post('/v1/nodes', { name: 'web-9', role: 'agent', addresses: ['192.0.2.19'] });
    const path = `/v1/nodes/${made.body.id}`;
    const read = async () => (await api.get(path).expect(200)).headers['etag'] ?? '';
    const before = await read();
    expect(before.startsWith(`"${made.body.revision}-`)).toBe(true);
    const renewed = await api.post(`${path}/join-token`).set('If-Match', before).expect(201);
    expect(renewed.body.revision).toBeGreaterThan(made.body.revision);
    const contents = await api.contents();
    for (const late of [
      api.post(`${path}/join-token`),
      api.delete(path),
      api.delete(`${path}?dryRun=true`),
    ]) {
      const { status, body } = await late.set('If-Match', before);
      expect([status, body.code]).toEqual([412, 'precondition-failed']);
    }
    expect(await api.contents()).toEqual(contents);
    await api
      .delete(path)
      .set('If-Match', await read())
      .expect(204);
  });

  it('is about edits: what the node reports is none, and that it joined is one', async () => {
    const made = await api.post('/v1/nodes', { name: 'lb-8', role: 'director', addresses: ['192.0.2.8'] });
    await api.delete(`/v1/nodes/${made.body.id}`).set('If-Match', `"${made.body.revision}"`).expect(204);
    const director = await TestNode.join(api, 'director', 'lb-9', ['192.0.2.9']);
    const path = `/v1/nodes/${director.id}`;
    const { body, headers } = await api.get(path).expect(200);
    const [created] = (await api.get(`/v1/revisions?objectId=${director.id}&action=create`)).body.items;
    await api.delete(path).set('If-Match', `"${created.number}"`).expect(412);
    await director.follow();
    await director.confirm();
    expect((await api.get(path)).body.revision).toBe(body.revision);
    director.leave();
    await api
      .delete(path)
      .set('If-Match', headers['etag'] ?? '')
      .expect(204);
  });
});

/** Reads again what was read, on the condition that it has moved. */
async function readAgain(path: string, tag: string): Promise<[status: number, tag: string | undefined]> {
  const { status, headers } = await api.get(path).set('If-None-Match', tag);
  return [status, headers['etag']];
}

async function tagOf(path: string): Promise<string> {
  const { headers } = await api.get(path).expect(200);
  expect(headers['cache-control']).toBe('private, no-cache');
  return headers['etag'] ?? '';
}

describe('a conditional read', () => {
  it('of an object or a list that is as it was is 304 without a body', async () => {
    const { id, realServers } = await api.createService({
      address: '192.0.2.50',
      realServers: [{ address: '192.0.2.11' }],
    });
    const server = `${SERVICES}/${id}/real-servers/${realServers[0]?.id ?? ''}`;
    const body = { name: 'web-7', role: 'agent', addresses: ['192.0.2.17'] };
    const node = `/v1/nodes/${(await api.post('/v1/nodes', body).expect(201)).body.id}`;
    const objects = [`${SERVICES}/${id}`, `${SERVICES}/${id}/status`, server, node, '/v1/capabilities'];
    objects.push(
      '/v1/revisions/1',
      '/v1/revisions/1/difference',
      '/v1/revisions/1/progress',
      '/v1/configuration',
    );
    const lists = [
      SERVICES,
      `${SERVICES}?limit=1`,
      '/v1/events?type=node.lost',
      `${SERVICES}/${id}/real-servers`,
      '/v1/nodes',
    ];
    for (const path of [...objects, ...lists, '/v1/revisions']) {
      const tag = await tagOf(path);
      expect(await readAgain(path, tag), path).toEqual([304, tag]);
      expect(await readAgain(path, `W/"x", ${tag}`), path).toEqual([304, tag]);
      expect(await readAgain(path, '"x"'), path).toEqual([200, tag]);
      const { text, headers } = await api.get(path).set('If-None-Match', tag);
      expect([text, headers['content-type'], headers['content-length']]).toEqual(['', undefined, undefined]);
    }
  });

  it('shows an edit, and the tag of the edit is that of the next read', async () => {
    const { id } = await api.createService({
      address: '192.0.2.51',
      tags: { team: 'web', a: 'b' },
      healthCheck: { type: 'tcp', rise: 1 },
    });
    const path = `${SERVICES}/${id}`;
    const [one, list] = [await tagOf(path), await tagOf(SERVICES)];
    const edited = await api.patch(path, { name: 'x' }).expect(200);
    expect(await readAgain(path, one)).toEqual([200, edited.headers['etag']]);
    expect((await readAgain(SERVICES, list))[0]).toBe(200);
    expect((await readAgain(path, edited.headers['etag'] ?? ''))[0]).toBe(304);
  });

  it('shows what nodes have reported since, which is no edit and fails no If-Match', async () => {
    const director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
    await director.follow();
    const { id } = await api.createService({
      address: '192.0.2.52',
      realServers: [{ address: '192.0.2.12', managed: false }],
    });
    const path = `${SERVICES}/${id}`;
    const [one, list] = [await tagOf(path), await tagOf(SERVICES)];
    await director.confirm();
    expect((await readAgain(path, one))[0]).toBe(200);
    expect((await readAgain(SERVICES, list))[0]).toBe(200);
    await api.patch(path, { name: 'x' }).set('If-Match', one).expect(200);
    director.leave();
  });
});
