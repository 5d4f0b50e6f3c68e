/** Real servers, nodes and revisions are found like services, and whatever is asked of any list is no fault of ours. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NODES } from '../../src/api/nodes/node.listing.js';
import { REAL_SERVERS } from '../../src/api/real-servers/real-server.listing.js';
import { REVISIONS } from '../../src/api/revisions/revision.listing.js';
import { VIRTUAL_SERVICES } from '../../src/api/virtual-services/virtual-service.listing.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { anyQuery } from '../support/list-queries.js';
import { sampleService } from '../support/sample-services.js';

const SERVICES = '/v1/virtual-services';
const SEED = 20_261_123;

let api: ApiUnderTest;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

describe('the other lists', () => {
  let node: string;
  let servers: string;

  beforeAll(async () => {
    for (const [name, role, last] of [
      ['web-2', 'agent', 2],
      ['web-10', 'agent', 10],
      ['lb-1', 'director', 1],
    ] as const) {
      const addresses = [`10.1.0.${last}`, `10.2.0.${last}`];
      node = (await api.post('/v1/nodes', { name, role, addresses }).expect(201)).body.id;
    }
    for (let index = 0; index < 4; index++) await api.createService(sampleService(index));
    servers = `${SERVICES}/${(await api.createService(sampleService(4))).id}/real-servers`;
    await api.post(servers, { address: '198.51.100.30', enabled: false, backup: true }).expect(201);
  });

  it.each([
    ['', ['198.51.100.1', '198.51.100.2', '198.51.100.30']],
    ['sort=-address', ['198.51.100.30', '198.51.100.2', '198.51.100.1']],
    ['sort=backup,-weight', ['198.51.100.2', '198.51.100.1', '198.51.100.30']],
    ['address=198.51.100.0/30&weight=lte:4', ['198.51.100.1']],
    ['status.operating=disabled', ['198.51.100.30']],
    ['attestation.actor=is:null&port=80&enabled=true', ['198.51.100.1', '198.51.100.2']],
  ])('real servers are found by %s', async (query, expected) => {
    const { body } = await api.get(`${servers}?${query}&total=true`).expect(200);
    expect(body.items.map(({ address }: { address: string }) => address)).toEqual(expected);
    expect(body.total).toBe(expected.length);
    const first = await api.get(`${servers}?${query}&limit=1&fields=address`).expect(200);
    expect(first.body.items).toEqual([{ address: expected[0] }]);
    if (expected.length === 1) return;
    const rest = await api.get(`${servers}?${query}&cursor=${first.body.nextCursor}`).expect(200);
    expect(rest.body.items.map(({ address }: { address: string }) => address)).toEqual(expected.slice(1));
  });

  it.each([
    ['addresses=10.2.0.0/29', ['lb-1', 'web-2']],
    ['addresses=10.1.0.10&role=agent', ['web-10']],
    ['state=waiting-to-join&sort=-name', ['web-2', 'web-10', 'lb-1']],
    ['state=ne:waiting-to-join', []],
    ['name=prefix:web&faultCount=0&joinedAt=is:null', ['web-10', 'web-2']],
    ['interfaces.name=eth0', []],
    ['gateways=10.0.0.0/8', []],
    ['engine=is:null&sort=createdAt', ['web-2', 'web-10', 'lb-1']],
  ])('nodes are found by %s', async (query, expected) => {
    const { body } = await api.get(`/v1/nodes?${query}&fields=name`).expect(200);
    expect(body.items).toEqual(expected.map((name) => ({ name })));
  });

  it('revisions are found by what they did', async () => {
    const numbers = async (query: string) =>
      (await api.get(`/v1/revisions?${query}&fields=number`).expect(200)).body.items.map(
        ({ number }: { number: number }) => number,
      );
    expect(await numbers('number=lte:3')).toEqual([3, 2, 1]);
    expect(await numbers('number=in:2,3&sort=number')).toEqual([2, 3]);
    expect(await numbers('objectType=node&action=delete')).toEqual([]);
    expect(await numbers(`objectId=${node}`)).toHaveLength(1);
    expect(await numbers(`objectId=${node}&action=update`)).toEqual([]);
    expect(await numbers('createdAt=lt:2026-01-01&actor=admin')).toEqual([]);
    expect((await numbers('actor=admin&ticket=is:null&limit=200')).length).toBeGreaterThan(8);
  });

  it('tell by name every field that their objects have', async () => {
    for (const [path, { shown }] of [
      [servers, REAL_SERVERS],
      ['/v1/nodes', NODES.listing],
      ['/v1/revisions', REVISIONS.listing],
    ] as const) {
      const [first] = (await api.get(`${path}?limit=1`)).body.items;
      expect(shown.filter((name) => !name.includes('.')).toSorted(), path).toEqual(
        Object.keys(first).toSorted(),
      );
    }
  });

  it('no query of whatever kind is a fault of ours', async () => {
    for (const [path, list] of [
      [SERVICES, VIRTUAL_SERVICES.listing],
      [servers, REAL_SERVERS],
      ['/v1/nodes', NODES.listing],
      ['/v1/revisions', REVISIONS.listing],
    ] as const) {
      const seen = new Set<number>();
      const queries = fc.sample(anyQuery(list), { numRuns: 30, seed: SEED });
      await Promise.all(
        queries.map(async (query) => {
          const { status, text } = await api.get(`${path}?${query}`);
          expect(status, `${path} ${query} ${text}`).toBeLessThan(500);
          seen.add(status);
        }),
      );
      expect(seen, path).toEqual(new Set([200, 400]));
    }
  });
});
