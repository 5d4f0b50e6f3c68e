import { beforeEach, describe, expect, it } from 'vitest';
import { SelfRepair } from './self-repair.js';

const RULES = { thing: 'rules of netdev homeward', found: 'gone', wanted: 'as loaded' };
const VIP = { thing: 'VIP 192.0.2.200', found: 'absent', wanted: 'on eth0' };
let now = 0;
let repair: SelfRepair;

beforeEach(() => {
  now = 0;
  repair = new SelfRepair({ monotonic: () => now, wall: () => now });
});

function undo(times: number): void {
  for (let each = 0; each < times; each++) {
    now += 1_000;
    repair.found([RULES]);
    if (repair.isDue) repair.mended();
  }
}

describe('the account of repairs', () => {
  it('counts a thing once until it is repaired', () => {
    expect(repair.found([RULES, VIP])).toHaveLength(2);
    expect(repair.found([RULES])).toEqual([]);
    expect(repair.describe()).toMatchObject({ total: 2, latest: [{ repaired: false }, { repaired: false }] });
    repair.mended();
    expect(repair.describe()).toMatchObject({ total: 2, latest: [{ repaired: true }, { repaired: true }] });
    expect(repair.isDue).toBe(false);
  });

  it('tells of what was answered at once, and has nothing to repair of it', () => {
    const stranger = {
      thing: 'owner of VIP 192.0.2.200',
      found: '02:00:00:00:00:99',
      wanted: 'the director',
    };
    repair.answered(stranger);
    repair.answered(stranger);
    expect(repair.describe()).toMatchObject({
      total: 2,
      latest: [{ ...stranger, count: 2, repaired: true }],
    });
    expect(repair.isDue).toBe(false);
  });

  it('repairs at once, and waits from the sixth time within a minute', () => {
    undo(5);
    expect(repair.conditions()[0]).toMatchObject({ status: 'False', reason: 'DriftPersists' });
    repair.found([RULES]);
    expect(repair.isDue).toBe(false);
    now += 10_000;
    expect(repair.isDue).toBe(true);
  });

  it('tells of rules as long as they are wrong, and not of a VIP', () => {
    repair.found([VIP]);
    expect(repair.conditions()[1]).toMatchObject({ type: 'RulesInForce', status: 'True' });
    repair.found([RULES]);
    expect(repair.conditions()[1]).toMatchObject({ status: 'False', reason: 'RulesUndone' });
    repair.mended();
    expect(repair.conditions()[1]).toMatchObject({ status: 'True' });
  });

  it('repairs another thing meanwhile', () => {
    undo(6);
    repair.found([VIP]);
    expect(repair.isDue).toBe(true);
  });
});
