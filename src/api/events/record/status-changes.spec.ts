import { describe, expect, it } from 'vitest';
import type { Condition, Status } from '../../../domain/status.js';
import { statusChanges, toldStatus } from './status-changes.js';

const condition = (changes: Partial<Condition> = {}): Condition => ({
  type: 'Admitted',
  status: 'True',
  reason: 'Proved',
  message: 'It is in.',
  observedRevision: 3,
  lastTransitionAt: null,
  ...changes,
});

const status = (changes: Partial<Status> = {}): Status => ({
  provisioning: 'in-sync',
  operating: 'online',
  observedRevision: 3,
  conditions: [condition()],
  ...changes,
});

describe('what there is to tell of a status', () => {
  it('is the whole of it where nothing was told before, in one event', () => {
    const [only, ...others] = statusChanges(null, status());
    expect(others).toEqual([]);
    expect(only).toMatchObject({ what: 'status-changed', before: null });
    expect(only?.after).toEqual({
      provisioning: 'in-sync',
      operating: 'online',
      observedRevision: 3,
      conditions: [{ type: 'Admitted', status: 'True', reason: 'Proved' }],
    });
  });

  it('is nothing where all is as it was told, new words and times included', () => {
    const told = toldStatus(status());
    const conditions = [condition({ message: 'Since then.', lastTransitionAt: new Date() })];
    expect(statusChanges(told, status({ conditions }))).toEqual([]);
  });

  it.each([{ provisioning: 'pending' }, { operating: 'degraded' }, { observedRevision: null }] as const)(
    'is the summary before and after, where %o',
    (changes) => {
      const [only, ...others] = statusChanges(toldStatus(status()), status(changes));
      expect(others).toEqual([]);
      expect(only?.before).toMatchObject({
        provisioning: 'in-sync',
        operating: 'online',
        observedRevision: 3,
      });
      expect(only?.after).toMatchObject(changes);
    },
  );

  it.each([{ status: 'False' }, { reason: 'Other' }] as const)('is a condition whose %o', (changes) => {
    const conditions = [condition({ ...changes, message: 'Why.' })];
    const found = statusChanges(toldStatus(status()), status({ conditions }));
    const after = {
      status: 'True',
      reason: 'Proved',
      message: 'Why.',
      observedRevision: 3,
      lastTransitionAt: null,
    };
    expect(found).toEqual([
      {
        what: 'condition-changed',
        condition: 'Admitted',
        before: { status: 'True', reason: 'Proved' },
        after: { ...after, ...changes },
      },
    ]);
  });

  it('is a condition that comes, and one that is shown no more', () => {
    const conditions = [condition({ type: 'Silent' })];
    const found = statusChanges(toldStatus(status()), status({ conditions }));
    expect(
      found.map(({ condition: type, before, after }) => [type, before === null, after === null]),
    ).toEqual([
      ['Silent', true, false],
      ['Admitted', false, true],
    ]);
  });

  it('survives being kept as JSON', () => {
    const told = JSON.parse(JSON.stringify(toldStatus(status()))) as ReturnType<typeof toldStatus>;
    expect(statusChanges(told, status())).toEqual([]);
  });
});
