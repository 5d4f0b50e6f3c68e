import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { approveRelease, readReleaseApproval } from './release-approval.js';

const VIP = '192.0.2.200';
const OTHER = '192.0.2.201';
const MINUTE_MS = 60_000;

let directory: string;
let now: number;
const clock = () => now;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-approval-'));
  now = Date.now();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe("an operator's word on the host", () => {
  it('ends after ten minutes also for who read it before', async () => {
    await approveRelease(directory, null, now);
    const approves = await readReleaseApproval(directory, clock);
    now += 10 * MINUTE_MS;
    expect(approves(VIP)).toBe(true);
    now += 1;
    expect(approves(VIP)).toBe(false);
  });

  it('is of the VIPs that were named', async () => {
    await approveRelease(directory, [VIP], now);
    const approves = await readReleaseApproval(directory, clock);
    expect([approves(VIP), approves(OTHER)]).toEqual([true, false]);
  });

  it('counts for nothing where it is damaged, was given later than now, or was never given', async () => {
    expect((await readReleaseApproval(directory, clock))(VIP)).toBe(false);
    await approveRelease(directory, null, now + 1);
    expect((await readReleaseApproval(directory, clock))(VIP)).toBe(false);
    await writeFile(join(directory, 'release-approval'), '{"at":');
    expect((await readReleaseApproval(directory, clock))(VIP)).toBe(false);
  });
});
