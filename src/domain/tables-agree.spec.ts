import { describe, expect, it } from 'vitest';
import { tablesAgree, type ReportedTable } from './tables-agree.js';

const table = (director: string, digest: string, version = 5): ReportedTable => ({
  director,
  epoch: 1,
  version,
  digest,
});
const own = table('lb-1', 'a');

describe('the tables of directors', () => {
  it('agree where their digests do', () => {
    expect(tablesAgree(own, [table('lb-2', 'a'), table('lb-3', 'a')])).toMatchObject({ status: 'True' });
  });

  it('differ from those that are named', () => {
    const verdict = tablesAgree(own, [table('lb-4', 'b'), table('lb-2', 'a'), table('lb-3', 'b')]);
    expect(verdict).toMatchObject({ status: 'False', reason: 'Different' });
    expect(verdict?.message).toContain('as lb-3, lb-4, with');
  });

  it('are not compared at other places of their history', () => {
    expect(tablesAgree(own, [table('lb-2', 'b', 6)])).toBeNull();
    expect(tablesAgree(own, [{ ...table('lb-2', 'b'), epoch: 2 }])).toBeNull();
    expect(tablesAgree(own, [])).toBeNull();
  });
});
