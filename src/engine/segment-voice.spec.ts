import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { REPORT_INTERVAL_MS } from '../contract/report.js';
import { createLogger } from '../platform/logger.js';
import { FakeDirectorHost } from './network/director-host.fake.js';
import { SegmentVoice, type VoiceOptions } from './segment-voice.js';
import { FakeWire } from './wire/wire.fake.js';

const MANY = Array.from({ length: 2_200 }, (_, index) => `10.9.${index >> 8}.${index & 255}`);
let voice: SegmentVoice | undefined;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  await voice?.stop();
  vi.useRealTimers();
});

/** Resolves to how long a report waits that is to be sent while all of these are asked about. */
async function waitedFor(options: Partial<VoiceOptions> = {}): Promise<number> {
  const parts = {
    wire: new FakeWire(),
    commands: new FakeDirectorHost(),
    logger: createLogger('engine', 'silent'),
  };
  voice = new SegmentVoice(
    { ...parts, ...options },
    () => undefined,
    () => Promise.resolve(),
    () => undefined,
  );
  voice.claims.free(MANY, 'eth0');
  let waits = true;
  void voice.settled().then(() => (waits = false));
  const began = performance.now();
  while (waits) await vi.advanceTimersByTimeAsync(50);
  return performance.now() - began;
}

it('a report waits until it is known of thousands of VIPs who has them', async () => {
  expect(await waitedFor()).toBeGreaterThan(1_000);
  expect(voice?.claims.asked).toEqual([]);
});

it('a report does not wait for ever', async () => {
  expect(await waitedFor({ claimTimes: { waitMs: 600_000, againMs: 1 } })).toBeLessThan(
    1.1 * REPORT_INTERVAL_MS,
  );
});
