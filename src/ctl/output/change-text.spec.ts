import { expect, it } from 'vitest';
import { changeLines } from './change-text.js';

const server = { id: 's-1', address: '192.0.2.11', port: 80, weight: 1000, tags: { a: 'b' } };

it('shows of a changed object only the members that differ', () => {
  const after = { ...server, weight: 7, tags: { a: 'b' } };
  const change = {
    action: 'update',
    objectType: 'real-server',
    objectId: 's-1',
    before: server,
    after,
  } as const;
  expect(changeLines(change)).toEqual(['~ real-server 192.0.2.11:80  s-1', '    weight: 1000 -> 7']);
});

it('shows all of a new one, and of one that goes only which it is', () => {
  const change = { objectType: 'virtual-service', objectId: 'v-1' } as const;
  const after = { id: 'v-1', name: 'shop', address: '192.0.2.200', port: 443 };
  expect(changeLines({ ...change, action: 'create', before: null, after })).toEqual([
    '+ virtual-service shop 192.0.2.200:443',
    '    name: "shop"',
    '    address: "192.0.2.200"',
    '    port: 443',
  ]);
  expect(changeLines({ ...change, action: 'delete', before: after, after: null })).toEqual([
    '- virtual-service shop 192.0.2.200:443  v-1',
  ]);
});
