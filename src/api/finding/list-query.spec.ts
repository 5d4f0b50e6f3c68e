import { parse } from 'node:querystring';
import { describe, expect, it } from 'vitest';
import { Failed } from '../../domain/failure.js';
import { readListQuery, RESERVED } from './list-query.js';
import type { Listing } from './listed-field.js';

const listing: Listing = {
  fields: {
    id: { kind: 'uuid', sql: 'id' },
    name: { kind: 'text', sql: 'name' },
    address: { kind: 'address', sql: 'address' },
    port: { kind: 'integer', sql: 'port' },
    endPort: { kind: 'integer', sql: 'end_port', nullable: true },
    protocol: { kind: 'word', words: ['tcp', 'udp'], sql: 'protocol' },
    enabled: { kind: 'boolean', sql: 'enabled' },
    createdAt: { kind: 'time', sql: 'created_at' },
    'status.operating': { kind: 'word', words: ['online', 'offline'] },
  },
  key: 'id',
  order: [{ field: 'createdAt', descending: false }],
  shown: ['id', 'name'],
  tags: 'tags',
  words: 'name',
};

const read = (query: string) => readListQuery(listing, parse(query));

function refusal(query: string): unknown {
  try {
    read(query);
  } catch (error) {
    if (error instanceof Failed) return Reflect.get(error.failure, 'violations');
    throw error;
  }
  return null;
}

describe('the query of a list', () => {
  it('that is empty asks for the first page of all', () => {
    expect(read('')).toEqual({
      conditions: [],
      words: [],
      order: listing.order,
      fields: null,
      limit: 50,
      cursor: null,
      total: false,
    });
  });

  it.each([
    ['port=80', { operator: 'eq', values: [80] }],
    ['port=gte:80', { operator: 'gte', values: [80] }],
    ['name=', { operator: 'eq', values: [''] }],
    ['name=eq:gte:80', { operator: 'eq', values: ['gte:80'] }],
    ['name=A:b', { operator: 'eq', values: ['A:b'] }],
    ['name=in:', { operator: 'in', values: [''] }],
    ['name=in:,a', { operator: 'in', values: ['', 'a'] }],
    ['name=in:a\\,b,c\\\\,d\\e', { operator: 'in', values: ['a,b', 'c\\', 'd\\e'] }],
    ['address=2001:DB8::1', { operator: 'eq', values: ['2001:db8::1'] }],
    ['address=0.0.0.0/0', { operator: 'eq', values: ['0.0.0.0/0'] }],
    ['createdAt=lt:2026-11-23', { operator: 'lt', values: ['2026-11-23T00:00:00.000Z'] }],
    ['endPort=is:null', { operator: 'is', values: [] }],
    ['tag.a.b/c=x', { operator: 'eq', values: ['x'] }],
  ])('%s is read as it is meant', (query, expected) => {
    expect(read(query).conditions).toMatchObject([expected]);
  });

  it('holds all that a parameter says each time', () => {
    const wanted = [{ operator: 'gte' }, { operator: 'lt' }];
    expect(read('port=gte:80&port=lt:90').conditions).toMatchObject(wanted);
  });

  it.each([
    [
      'or=port=80|name=prefix:web',
      [[{ field: 'port', values: [80] }], [{ operator: 'prefix', values: ['web'] }]],
    ],
    [
      'or=port=in:80,443%26protocol=tcp|port=1',
      [[{ values: [80, 443] }, { field: 'protocol' }], [{ values: [1] }]],
    ],
    ['or=port=gt:1%26port=lt:9', [[{ operator: 'gt' }, { operator: 'lt' }]]],
    [
      `or=${encodeURIComponent('name=a%7Cb%26c%2525|name=+')}`,
      [[{ values: ['a|b&c%25'] }], [{ values: [' '] }]],
    ],
  ])('%s is read as alternatives', (query, anyOf) => {
    expect(read(query).conditions).toMatchObject([{ anyOf }]);
  });

  it('holds all choices that are asked for', () => {
    expect(read('or=port=1|port=2&or=name=a|name=b&port=3').conditions).toHaveLength(3);
  });

  it.each(['secret.id', 'toString', '__proto__', 'constructor'])('knows no %s', (name) => {
    expect(refusal(`${name}=1`)).toMatchObject([{ code: 'unknown-parameter', field: name }]);
  });

  it('tells all that is wrong with it at once', () => {
    expect(refusal('port=x&enabled=y&sort=z')).toMatchObject([
      { field: 'port' },
      { field: 'enabled' },
      { field: 'sort' },
    ]);
  });

  it.each(['q', 'total', 'cursor'])('is refused where %s comes twice', (name) => {
    expect(refusal(`${name}=true&${name}=true`)).toMatchObject([
      { code: 'duplicate-parameter', field: name },
    ]);
  });

  it('has no filter of a name that means something else', () => {
    for (const name of RESERVED) expect(Object.keys(listing.fields)).not.toContain(name);
  });

  it.each([
    ['port=x', 'port', 'parameter-invalid'],
    ['port=gte:', 'port', 'parameter-invalid'],
    ['port=prefix:8', 'port', 'parameter-invalid'],
    ['name=prefx:web', 'name', 'parameter-invalid'],
    ['name=is:nothing', 'name', 'parameter-invalid'],
    ['endPort=is:nothing', 'endPort', 'parameter-invalid'],
    ['protocol=sctp', 'protocol', 'parameter-invalid'],
    ['enabled=1', 'enabled', 'parameter-invalid'],
    ['createdAt=yesterday', 'createdAt', 'parameter-invalid'],
    ['createdAt=0000-01-01', 'createdAt', 'parameter-invalid'],
    ['address=192.0.2.0/33', 'address', 'address-not-usable'],
    ['address=192.0.2.01', 'address', 'address-not-usable'],
    ['status.operating=dead', 'status.operating', 'parameter-invalid'],
    ['status.operating=online&total=true', 'total', 'parameter-invalid'],
    ['colour=red', 'colour', 'unknown-parameter'],
    ['tag.Env=prod', 'tag.Env', 'unknown-parameter'],
    ['tag.=prod', 'tag.', 'unknown-parameter'],
    ['or=', 'or', 'parameter-invalid'],
    ['or=port=80|', 'or', 'parameter-invalid'],
    ['or=port=80|colour=red', 'colour', 'unknown-parameter'],
    ['or=port=80|sort=name', 'sort', 'unknown-parameter'],
    ['or=port=80|or=port=81', 'or', 'unknown-parameter'],
    ['or=port=80|q=web', 'q', 'unknown-parameter'],
    ['or=port=80|port=x', 'port', 'parameter-invalid'],
    ['or=port=80|status.operating=online&total=true', 'total', 'parameter-invalid'],
    [`or=${Array.from({ length: 51 }, () => 'port=80').join('|')}`, '', 'parameter-invalid'],
    [`or=port=1${'%26port=1'.repeat(50)}`, '', 'parameter-invalid'],
    ['sort=status.operating', 'sort', 'parameter-invalid'],
    ['sort=name,name', 'sort', 'parameter-invalid'],
    ['sort=', 'sort', 'parameter-invalid'],
    ['sort=name&sort=port', 'sort', 'duplicate-parameter'],
    ['fields=id,secret', 'fields', 'parameter-invalid'],
    ['q=%20-%20', 'q', 'parameter-invalid'],
    ['limit=0', 'limit', 'parameter-invalid'],
    ['limit=201', 'limit', 'parameter-invalid'],
    ['total=yes', 'total', 'parameter-invalid'],
    [`port=in:${Array.from({ length: 101 }, (_, index) => index).join()}`, 'port', 'parameter-invalid'],
    [Array.from({ length: 51 }, () => 'port=80').join('&'), '', 'parameter-invalid'],
  ])('%s is refused with its name', (query, field, code) => {
    expect(refusal(query)).toMatchObject([{ field, code }]);
  });
});
