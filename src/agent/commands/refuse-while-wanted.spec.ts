import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HeldStore } from '../../link/held/held-store.js';
import { createLogger } from '../../platform/logger.js';
import { VipLedger } from '../settlement/vip-ledger.js';
import { refuseWhileWanted } from './refuse-while-wanted.js';

const CLUSTER = '3f0c1c9e-3a0e-4f5e-9a3c-1d2e3f4a5b6c';
const VIP = '192.0.2.200';
const logger = createLogger('test', 'silent');

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-wanted-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** As the control plane hands a document down, one after the other. */
async function takeDown(...bodies: readonly (object | null)[]): Promise<void> {
  const store = await HeldStore.open(directory, logger);
  for (const [index, body] of bodies.entries()) {
    const version = index + 1;
    const head = { cluster: CLUSTER, epoch: 1, version, revision: version, seed: 1, digest: '0'.repeat(64) };
    store.take(head, [{ key: VIP, version, revision: version, body: body as null }]);
  }
  await store.close();
}

const HELD = { kind: 'vip', address: VIP, services: [] };

describe('whether an agent may leave its host', () => {
  it('may where nothing was ever wanted', async () => {
    await expect(refuseWhileWanted(directory, logger)).resolves.toBeUndefined();
  });

  it('may not while a VIP is wanted, and says what to do first', async () => {
    await takeDown(HELD);
    await expect(refuseWhileWanted(directory, logger)).rejects.toThrow(
      /192\.0\.2\.200: still wanted.*homeward agent leave.*real servers at the API/,
    );
  });

  it('may not while a VIP is wanted in words that it does not understand', async () => {
    await takeDown({ kind: 'a later one' });
    await expect(refuseWhileWanted(directory, logger)).rejects.toThrow(VIP);
  });

  it('may again once the VIP is not wanted any more', async () => {
    await takeDown(HELD, null);
    await expect(refuseWhileWanted(directory, logger)).resolves.toBeUndefined();
  });

  it('may not where nobody can read what was wanted, and it holds a VIP', async () => {
    await takeDown(HELD);
    for (const name of await readdir(directory)) await writeFile(join(directory, name), 'damaged');
    await expect(refuseWhileWanted(directory, logger)).resolves.toBeUndefined();
    await (await VipLedger.open(directory, logger)).claim([VIP]);
    await expect(refuseWhileWanted(directory, logger)).rejects.toThrow(VIP);
  });

  it('may not either where what was wanted is gone', async () => {
    await (await VipLedger.open(directory, logger)).claim([VIP]);
    await expect(refuseWhileWanted(directory, logger)).rejects.toThrow(VIP);
  });
});
