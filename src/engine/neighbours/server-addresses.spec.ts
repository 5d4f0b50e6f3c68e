import { expect, it } from 'vitest';
import type { Document, ServiceDocument } from '../../contract/documents.js';
import { ServerAddresses } from './server-addresses.js';

function service(key: string, ...lasts: readonly number[]): Document<ServiceDocument> {
  const servers = lasts.map((last) => ({ number: last, address: `192.0.2.${last}`, weight: 1 }));
  const body = {
    kind: 'service',
    number: 1,
    address: '192.0.2.200',
    protocol: 'tcp',
    port: 80,
    endPort: 80,
  } as const;
  return { key, version: 1, revision: 1, body: { ...body, scheduler: 'maglev', slots: 1, servers } };
}

it('an address comes with the first document that names it, and goes with the last', () => {
  const addresses = new ServerAddresses();
  expect(addresses.change([service('a', 11, 12), service('b', 12)])).toEqual({
    come: ['192.0.2.11', '192.0.2.12'],
    gone: [],
  });
  expect(addresses.change([service('a', 13)])).toEqual({ come: ['192.0.2.13'], gone: ['192.0.2.11'] });
  expect(addresses.change([service('a', 13)]), 'the same again').toEqual({ come: [], gone: [] });
  expect(addresses.change([service('b'), service('c', 12)]), 'from one to the other').toEqual({
    come: [],
    gone: [],
  });
  expect(addresses.only(new Map([['a', service('a', 13, 14)]]))).toEqual({
    come: ['192.0.2.14'],
    gone: ['192.0.2.12'],
  });
});
