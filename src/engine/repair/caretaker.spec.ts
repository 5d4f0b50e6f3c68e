import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../platform/logger.js';
import { FakeForwardingDriver } from '../drivers/forwarding-driver.fake.js';
import { Footing } from '../footing.js';
import { FakeDirectorHost } from '../network/director-host.fake.js';
import { Turns } from '../turns.js';
import { DirectorWatch } from '../watch/director-watch.js';
import type { Heard } from '../watch/heard.js';
import { Caretaker } from './caretaker.js';

const logger = createLogger('engine', 'silent');

const NOTHING_HEARD: Heard = {
  rules: false,
  table: false,
  lost: false,
  maps: new Map(),
  places: new Set(),
  unlocked: new Set(),
  goneAddresses: new Set(),
  interfaces: new Set(),
  newAddress: false,
};

/** Hears nothing of itself; a test tells it that something moved. */
class DeafWatch extends DirectorWatch {
  moved: () => void = () => undefined;
  heard: Heard = NOTHING_HEARD;

  override take(): Heard {
    const { heard } = this;
    this.heard = NOTHING_HEARD;
    return heard;
  }

  override start(onMoved: () => void): void {
    this.moved = onMoved;
  }
}

let driver: FakeForwardingDriver;
let footing: Footing;
let watch: DeafWatch;
let caretaker: Caretaker;
let brought: number;
let lockStands: boolean;
let begun: () => Caretaker;

beforeEach(async () => {
  vi.useFakeTimers();
  driver = new FakeForwardingDriver();
  watch = new DeafWatch({ logger, isOwn: () => false });
  brought = 0;
  lockStands = true;
  const turns = new Turns();
  const vips = {
    taken: [],
    isLocked: () => true,
    lockStands: () => Promise.resolve(lockStands),
    see: () => undefined,
  };
  const commands = new FakeDirectorHost();
  const options = { commands, stateDir: '/nonexistent', interface: 'eth0' };
  footing = new Footing(options, turns, vips);
  footing.settle(await footing.survey(1));
  const charge = { driver, turns, vips, footing, bringAll: () => brought++ };
  begun = () => {
    const begins = new Caretaker(charge, { logger, watch });
    begins.mended();
    return begins;
  };
  caretaker = begun();
  // All was read back once.
  await vi.advanceTimersByTimeAsync(1_500);
});
afterEach(async () => {
  vi.useRealTimers();
  await caretaker.stop();
});

describe('the caretaker', () => {
  it('finds flushed rules by a look every 10 s where no event tells', async () => {
    await vi.advanceTimersByTimeAsync(30_000);
    expect(brought).toBe(0);
    driver.intact = false;
    await vi.advanceTimersByTimeAsync(10_100);
    expect(brought).toBe(1);
    expect(caretaker.describe()).toMatchObject({ total: 1, latest: [{ thing: 'rules of netdev homeward' }] });
  });

  it('looks soon after an event', async () => {
    driver.intact = false;
    watch.moved();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(brought).toBe(1);
  });

  it('asks for the second lock where somebody was heard to take it away', async () => {
    lockStands = false;
    watch.moved();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(brought).toBe(0);
    watch.heard = { ...NOTHING_HEARD, unlocked: new Set(['192.0.2.200']) };
    watch.moved();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(brought).toBe(1);
    expect(caretaker.describe()).toMatchObject({ latest: [{ thing: 'second lock of the VIPs' }] });
  });

  it('reads everything back at once where events were lost', async () => {
    driver.deviating = ['slots'];
    watch.heard = { ...NOTHING_HEARD, lost: true };
    watch.moved();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(brought).toBeGreaterThan(0);
    expect(driver.suspectedAll).toBeGreaterThan(0);
  });

  it('takes nothing for granted where the table was made anew, however right it looks', async () => {
    watch.heard = { ...NOTHING_HEARD, table: true };
    watch.moved();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(driver.suspectedAll).toBe(1);
    expect(brought).toBe(1);
  });

  it('has all brought again as long as it is not, and counts it once', async () => {
    driver.intact = false;
    await vi.advanceTimersByTimeAsync(30_500);
    expect(brought).toBeGreaterThan(2);
    expect(caretaker.describe().total).toBe(1);
  });

  it('reads everything back as soon as it begins, for a start takes much for granted', async () => {
    await caretaker.stop();
    driver.deviating = ['slots'];
    caretaker = begun();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(caretaker.describe().latest).toMatchObject([{ thing: 'map slots', found: 'other elements' }]);
    expect(brought).toBeGreaterThan(0);
  });

  it('finds by reading everything back, once a minute, what no look shows', async () => {
    driver.deviating = ['slots'];
    await vi.advanceTimersByTimeAsync(50_000);
    expect(brought).toBe(0);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(brought).toBeGreaterThan(0);
    expect(caretaker.describe().latest).toMatchObject([{ thing: 'map slots', found: 'other elements' }]);
  });
});
