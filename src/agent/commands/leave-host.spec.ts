import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HeldStore } from '../../link/held/held-store.js';
import { createLogger } from '../../platform/logger.js';
import { leave } from './leave-host.js';
import { isLeaving } from '../keeper/leaving.js';

const VIP = '192.0.2.200';
const CLUSTER = '3f0c1c9e-3a0e-4f5e-9a3c-1d2e3f4a5b6c';
const logger = createLogger('test', 'silent');

let directory: string;
let store: HeldStore;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-leave-'));
  store = await HeldStore.open(directory, logger);
  takeDown(1, { kind: 'vip', address: VIP, services: [] });
});

afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

function takeDown(version: number, body: object | null): void {
  const head = { cluster: CLUSTER, epoch: 1, version, revision: version, seed: 1, digest: '0'.repeat(64) };
  store.take(head, [{ key: VIP, version, revision: version, body: body as null }]);
}

const over = () => AbortSignal.timeout(20);

describe('an agent that leaves', () => {
  it('says so until no VIP is wanted on the host any more, and goes on saying so', async () => {
    const left = leave(directory, { force: false, signal: new AbortController().signal }, logger);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await isLeaving(directory)).toBe(true);
    takeDown(2, null);
    await left;
    expect(await isLeaving(directory)).toBe(true);
  });

  it('stays after all where that takes too long, and says of which VIPs', async () => {
    await expect(leave(directory, { force: false, signal: over() }, logger)).rejects.toThrow(
      /192\.0\.2\.200: still wanted.*The agent stays/,
    );
    expect(await isLeaving(directory)).toBe(false);
  });

  it('goes all the same where it is forced', async () => {
    await leave(directory, { force: true, signal: over() }, logger);
    expect(await isLeaving(directory)).toBe(true);
  });
});
