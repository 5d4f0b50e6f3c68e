import { expect, it } from 'vitest';
import type { AuditEntry } from '../changes/record-revision.js';
import { planDigest } from './plan-digest.js';

const entry: AuditEntry = {
  action: 'update',
  objectType: 'virtual-service',
  objectId: 'b',
  before: { name: 'shop', tags: {} },
  after: { name: 'store', tags: {} },
};
const other: AuditEntry = { ...entry, objectId: 'a' };

it('is the same whatever the order of objects and of their members', () => {
  const turned = { ...entry, after: { tags: {}, name: 'store' } };
  expect(planDigest([turned, other])).toBe(planDigest([other, entry]));
  expect(planDigest([])).toMatch(/^[0-9a-f]{64}$/);
});

it('is another one where an object is, was or would be another', () => {
  const plans = [
    [entry],
    [other],
    [{ ...entry, before: { name: 'shop', tags: { env: 'prod' } } }],
    [{ ...entry, after: null, action: 'delete' as const }],
    [entry, other],
    [],
  ];
  expect(new Set(plans.map(planDigest)).size).toBe(plans.length);
});

it('does not know who gives an attestation and when, but upon which revision', () => {
  const attested = (attestation: object | null): AuditEntry => ({ ...entry, after: { attestation } });
  const first = planDigest([attested({ actor: 'a', at: new Date(1), ticket: null, revision: 3 })]);
  expect(planDigest([attested({ actor: 'b', at: new Date(2), ticket: 'T', revision: 3 })])).toBe(first);
  expect(planDigest([attested({ actor: 'a', at: new Date(1), ticket: null, revision: 4 })])).not.toBe(first);
  expect(planDigest([attested(null)])).not.toBe(first);
});
