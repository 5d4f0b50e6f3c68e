import { expect, it } from 'vitest';
import type { Document, ServiceDocument } from '../../contract/documents.js';
import { sampleServiceDocument } from '../../contract/sample-service-document.fake.js';
import { ServerAddresses } from './server-addresses.js';

function service(key: string, ...lasts: readonly number[]): Document<ServiceDocument> {
  const servers = lasts.map((last) => ({ number: last, address: `192.0.2.${last}`, weight: 1 }));
  return { key, version: 1, revision: 1, body: sampleServiceDocument({ servers }) };
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
