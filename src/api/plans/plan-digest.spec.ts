import { expect, it } from 'vitest';
import type { AuditEntry } from '../changes/record-revision.js';
import { canonicalDigest } from '../../contract/digest.js';
import { Breaths } from '../../platform/breaths.js';
import { planDigest } from './plan-digest.js';

const entry: AuditEntry = {
  action: 'update',
  objectType: 'virtual-service',
  objectId: 'b',
  before: { name: 'shop', tags: {} },
  after: { name: 'store', tags: {} },
};
const digestOf = (entries: readonly AuditEntry[]) =>
  planDigest(entries, new Breaths(new AbortController().signal));
const other: AuditEntry = { ...entry, objectId: 'a' };

it('is the same whatever the order of objects and of their members', async () => {
  const turned = { ...entry, after: { tags: {}, name: 'store' } };
  expect(await digestOf([turned, other])).toBe(await digestOf([other, entry]));
  expect(await digestOf([other, entry])).toBe(canonicalDigest([other, entry]));
  expect(await digestOf([])).toMatch(/^[0-9a-f]{64}$/);
});

it('is another one where an object is, was or would be another', async () => {
  const plans = [
    [entry],
    [other],
    [{ ...entry, before: { name: 'shop', tags: { env: 'prod' } } }],
    [{ ...entry, after: null, action: 'delete' as const }],
    [entry, other],
    [],
  ];
  expect(new Set(await Promise.all(plans.map(digestOf))).size).toBe(plans.length);
});

it('does not know who gives an attestation and when, but upon which revision', async () => {
  const attested = (attestation: object | null): AuditEntry => ({ ...entry, after: { attestation } });
  const first = await digestOf([attested({ actor: 'a', at: new Date(1), ticket: null, revision: 3 })]);
  expect(await digestOf([attested({ actor: 'b', at: new Date(2), ticket: 'T', revision: 3 })])).toBe(first);
  expect(await digestOf([attested({ actor: 'a', at: new Date(1), ticket: null, revision: 4 })])).not.toBe(
    first,
  );
  expect(await digestOf([attested(null)])).not.toBe(first);
});
