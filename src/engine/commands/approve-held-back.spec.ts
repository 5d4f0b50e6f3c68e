import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { documentDigest, EMPTY_SET_DIGEST, toggleInSetDigest } from '../../contract/digest.js';
import { readDifferenceApproval } from '../../link/difference-approval.js';
import { HeldStore } from '../../link/held/held-store.js';
import { createLogger } from '../../platform/logger.js';
import { sampleSeen } from '../drivers/nftables/seen-service.fake.js';
import { approveHeldBack } from './approve-held-back.js';

const OTHER = 'f'.repeat(64);
const KEY = 'web';
const { body } = sampleSeen();
const CLUSTER = '3f0c1c9e-3a0e-4f5e-9a3c-1d2e3f4a5b6c';
const HEAD = { cluster: CLUSTER, epoch: 1, version: 2, revision: 2, seed: 7, digest: EMPTY_SET_DIGEST };
const FULL = toggleInSetDigest(EMPTY_SET_DIGEST, documentDigest(KEY, body));

let stateDir: string;
let said: string;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'homeward-approve-'));
  vi.stubEnv('HOMEWARD_STATE_DIR', stateDir);
  said = '';
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
  }
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(stateDir, { recursive: true });
});

/** A director that holds back the end of a service. @returns the name of that. */
async function holdingBack(): Promise<string> {
  const store = await HeldStore.open(stateDir, createLogger('test', 'silent'));
  store.take({ ...HEAD, digest: FULL }, [{ key: KEY, version: 1, revision: 1, body }]);
  store.take(HEAD, [{ key: KEY, version: 2, revision: 2, body: null, refused: true }]);
  await store.close();
  return store.held.heldBackDigest;
}

it('approves what the director holds back', async () => {
  const digest = await holdingBack();
  await approveHeldBack(digest);
  expect([process.exitCode, said]).toEqual([undefined, expect.stringMatching(/^Approved .* within seconds/)]);
  expect(await readDifferenceApproval(stateDir)).toBe(digest);
});

it('says that something else is held back, and what', async () => {
  const digest = await holdingBack();
  await approveHeldBack(OTHER);
  expect([process.exitCode, said]).toEqual([1, expect.stringContaining(`another difference, ${digest}`)]);
});

it('says that nothing is, and where no engine has ever run', async () => {
  await approveHeldBack(OTHER);
  expect([process.exitCode, said]).toEqual([1, expect.stringContaining('holds back nothing')]);
});

it.each(['', 'F'.repeat(64), `${OTHER}\n`, '../../etc'])('takes %j for no digest', async (digest) => {
  await approveHeldBack(digest);
  expect(process.exitCode).toBe(2);
  expect(await readDifferenceApproval(stateDir)).toBeUndefined();
});
