/** Finding: filters, sets, order, sparse answers, words and derived conditions, and pages that others write into. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matches } from '../../src/api/finding/matches.js';
import { asksDerived } from '../../src/api/finding/is-derived.js';
import { readListQuery } from '../../src/api/finding/list-query.js';
import { sortableFields } from '../../src/api/finding/sort.js';
import { VIRTUAL_SERVICES } from '../../src/api/virtual-services/virtual-service.listing.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { asQuery, meantChoice, meantQuery } from '../support/list-queries.js';
import { sampleService } from '../support/sample-services.js';

const SERVICES = '/v1/virtual-services';
const SEED = 20_261_123;
const { listing } = VIRTUAL_SERVICES;

interface Item {
  readonly id: string;
  readonly name: string;
}

let api: ApiUnderTest;
let all: Item[];

beforeAll(async () => {
  api = await ApiUnderTest.start();
  for (let index = 0; index < 24; index++) await api.createService(sampleService(index));
  all = (await api.get(`${SERVICES}?limit=200`)).body.items;
});

afterAll(() => api.close());

/** The ids on all pages, in their order. */
async function walkAll(query: string): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { body } = await api.get(`${SERVICES}?fields=id&${query}${more}`).expect(200);
    seen.push(...body.items.map(({ id }: Item) => id));
    cursor = body.nextCursor;
  } while (cursor !== null);
  return seen;
}

/** The object with what stands at this path alone. */
function picked(object: object, [name = '', ...rest]: readonly string[]): unknown {
  if (Array.isArray(object)) return object.map((each: object) => picked(each, [name, ...rest]));
  const value: unknown = Reflect.get(object, name);
  return { [name]: rest.length === 0 ? value : picked(value as object, rest) };
}

async function names(query: string): Promise<string[]> {
  const { body, status } = await api.get(`${SERVICES}?${query}&limit=200`);
  expect(status, `${query} ${JSON.stringify(body)}`).toBe(200);
  return (body.items as Item[]).map(({ id }) => String(all.findIndex((each) => each.id === id)));
}

describe('a filter', () => {
  it.each([
    ['port=gte:81&port=lt:83&protocol=tcp', ['2', '6', '10', '14', '18', '22']],
    ['address=192.0.2.0/29', ['0', '1', '2', '3', '4', '6']],
    ['address=in:192.0.2.1,192.0.2.3', ['0', '2']],
    ['address=2001:db8::6', ['5']],
    ['name=prefix:shop&port=81', ['1', '9', '17']],
    ['name=in:a\\,b,nobody', ['3', '11', '19']],
    ['name=eq:eq:x', ['4', '12', '20']],
    ['tag.env=prod&enabled=false', ['0', '14']],
    ["tag.team/a.b=o'neil&port=83", ['3', '15']],
    ['tag.team/a.b=is:null&port=80', ['4', '8', '16', '20']],
    ['endPort=not:null&servesPort=89&protocol=tcp', ['0', '10', '20']],
    ['persistence.timeoutSeconds=gt:308', ['12', '16', '20']],
    ['flowAffinity=false&enabled=true', ['2', '6', '10', '18', '22']],
    ['healthCheck.intervalSeconds=lte:9', ['0', '2', '4']],
    ['realServers.address=198.51.100.2&realServers.weight=gt:40', ['21', '22']],
    ['realServers.address=198.51.100.1&realServers.weight=gt:40', []],
    ['status.operating=disabled', ['0', '7', '14', '21']],
    ['status.operating=ne:disabled&port=80&status.provisioning=pending', ['4', '8', '12', '16', '20']],
    ['q=SHOP exam', ['0', '3', '6', '9', '12', '15', '18', '21']],
    ['q=web&name=prefix:web', ['6', '14', '22']],
    ['q=nothing', []],
    ['or=name=prefix:shop%26port=81|address=192.0.2.3', ['1', '2', '9', '17']],
    ['or=port=80|port=81&or=tag.env=prod|flowAffinity=false&protocol=tcp', ['0', '4', '8', '12', '16', '20']],
    ['or=realServers.address=198.51.100.2%26realServers.weight=gt:40|address=192.0.2.1', ['0', '21', '22']],
    ['or=status.operating=disabled|address=192.0.2.3&or=port=80|port=82', ['0', '2', '14']],
    [
      'or=status.operating=offline%26port=80|status.operating=disabled%26port=81&q=shop',
      ['8', '12', '16', '21'],
    ],
    ['q=neil 0', []],
  ])('%s finds what is meant', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it('that is none is refused with the name of its parameter', async () => {
    const { body } = await api.get(`${SERVICES}?tag.env=x:y&address=192.0.2.0/33&port=x&sort=z`).expect(400);
    const told = body.errors.map(({ field, code }: Record<string, string>) => [field, code]);
    expect(told).toEqual([
      ['tag.env', 'parameter-invalid'],
      ['address', 'address-not-usable'],
      ['port', 'parameter-invalid'],
      ['sort', 'parameter-invalid'],
    ]);
  });

  it('says the same in SQL as of objects in hand', async () => {
    for (const query of fc.sample(meantQuery(listing, all), { numRuns: 60, seed: SEED })) {
      const text = asQuery(query);
      const { conditions } = readListQuery(listing, rawOf(query));
      const expected = all.flatMap((one, index) =>
        matches(listing, conditions, one) ? [String(index)] : [],
      );
      expect(await names(text), text).toEqual(expected);
    }
  });

  it('says the same of alternatives, whether it has to ask object by object or not', async () => {
    let askedOneByOne = 0;
    for (const choice of fc.sample(meantChoice(listing, all), { numRuns: 60, seed: SEED })) {
      const { conditions } = readListQuery(listing, rawOf([choice]));
      const expected = all.flatMap((one, index) =>
        matches(listing, conditions, one) ? [String(index)] : [],
      );
      expect(await names(asQuery([choice])), choice[1]).toEqual(expected);
      if (conditions.some((clause) => asksDerived(listing, clause))) askedOneByOne += 1;
    }
    expect(askedOneByOne).toBeGreaterThan(10);
    expect(askedOneByOne).toBeLessThan(50);
  });

  it('of alternatives pages and counts as any other', async () => {
    const query = 'or=port=80|name=prefix:shop';
    const { body } = await api.get(`${SERVICES}?${query}&limit=200&total=true`).expect(200);
    expect(body.total).toBe(body.items.length);
    for (const asked of [query, `${query}|status.operating=disabled%26port=80`]) {
      const seen = await walkAll(`${asked}&limit=2&sort=-name`);
      expect([...seen].sort(), asked).toEqual(body.items.map(({ id }: Item) => id).sort());
    }
  });
});

function rawOf(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const raw: Record<string, string[]> = {};
  for (const [name, value] of pairs) (raw[name] ??= []).push(value);
  return raw;
}

describe('an order', () => {
  it('meets each object once, by whatever field, up or down or mixed', async () => {
    for (const [index, field] of sortableFields(listing).entries()) {
      const sort = [field, `-${field}`, `protocol,-${field}`][field === 'protocol' ? index % 2 : index % 3];
      const seen = await walkAll(`sort=${sort}&limit=13`);
      expect(seen.length, sort).toBe(all.length);
      expect(new Set(seen).size, sort).toBe(all.length);
    }
  });

  it('is by code points, whatever the database sorts by', async () => {
    const { body } = await api.get(`${SERVICES}?sort=name,-port&fields=name,port&limit=200`).expect(200);
    const found = body.items as { name: string; port: number }[];
    const sorted = [...found].sort(
      (a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)) || b.port - a.port,
    );
    expect(found).toEqual(sorted);
  });

  it('lasts while others write: what stays is met once, and nothing twice', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page === 0 || cursor !== null; page++) {
      const more: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await api.get(`${SERVICES}?sort=-name&limit=4&name=ne:busy${more}`).expect(200);
      seen.push(...body.items.map(({ id }: Item) => id));
      cursor = body.nextCursor;
      const made = await api.createService({ name: ['0', 'zz'][page % 2], address: `203.0.113.${page + 1}` });
      if (page > 2) await api.delete(`${SERVICES}/${made.id}`).expect(204);
    }
    expect(all.map(({ id }) => seen.filter((each) => each === id).length)).toEqual(all.map(() => 1));
    expect(new Set(seen).size).toBe(seen.length);
    await api.query("DELETE FROM virtual_service WHERE name IN ('0', 'zz')");
  });

  it('refuses the cursor of another one', async () => {
    const { body } = await api.get(`${SERVICES}?sort=name&limit=1`).expect(200);
    for (const sort of ['-name', 'port', 'name,port']) {
      const answer = await api.get(`${SERVICES}?sort=${sort}&cursor=${body.nextCursor}`);
      expect([answer.status, answer.body.code]).toEqual([400, 'cursor-invalid']);
    }
  });
});

describe('an answer', () => {
  it('has the fields that are asked for alone', async () => {
    const { body } = await api.get(`${SERVICES}?limit=1&fields=name,status.operating,id`).expect(200);
    expect(body.items).toEqual([{ id: all[0]?.id, name: 'shop', status: { operating: 'disabled' } }]);
  });

  it('says of a field asked for alone what it says among all', async () => {
    const whole = (await api.get(`${SERVICES}?limit=4`)).body.items;
    for (const name of listing.shown) {
      const { body } = await api.get(`${SERVICES}?limit=4&fields=${name}`).expect(200);
      expect(body.items, name).toEqual(whole.map((one: object) => picked(one, name.split('.'))));
    }
  });

  it('can be asked for every field that a service has, and for no other', async () => {
    const [first] = (await api.get(`${SERVICES}?limit=1`)).body.items;
    const top = listing.shown.filter((name) => !name.includes('.'));
    expect([...top].sort()).toEqual(Object.keys(first).sort());
    const inner = listing.shown.filter((name) => name.startsWith('status.'));
    expect(inner.map((name) => name.slice(7)).sort()).toEqual(Object.keys(first.status).sort());
  });

  it('to a filter on status goes on where it stopped looking', async () => {
    const seen = await walkAll('status.operating=offline&limit=3');
    expect(seen).toEqual(all.filter((_, index) => index % 7 !== 0).map(({ id }) => id));
  });
});
