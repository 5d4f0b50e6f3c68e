import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Document } from '../../contract/documents.js';
import { checkedLine } from '../../platform/checked-lines.js';
import { Journal } from '../../platform/journal.js';
import { createLogger } from '../../platform/logger.js';
import type { HeldHead } from './held-documents.js';
import { HeldStore, readHeld } from './held-store.js';

const logger = createLogger('test', 'silent');
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-held-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function head(version: number): HeldHead {
  const digest = version.toString(16).padStart(64, '0');
  return {
    cluster: '3f0c1c9e-3a0e-4f5e-9a3c-1d2e3f4a5b6c',
    epoch: 1,
    version,
    revision: 1,
    seed: 7,
    digest,
  };
}

function service(number: number, version: number): Document {
  const servers = Array.from({ length: 10 }, (_, index) => ({
    number: number * 10 + index + 1,
    address: `10.${number >> 8}.${number & 255}.${index + 1}`,
    weight: 1000,
  }));
  const body = {
    kind: 'service',
    number: number + 1,
    address: '192.0.2.200',
    protocol: 'tcp',
    port: 80,
    endPort: 80,
    scheduler: 'maglev',
    slots: 256,
    servers,
  } as const;
  return { key: `service-${number}`, version, revision: 1, body };
}

/** Cut and flipped at many places; that every place is found out, the files alone are tested for. */
function* damages(content: Buffer): Generator<Buffer> {
  for (let place = 0; place < content.length; place += 37) {
    yield content.subarray(0, place);
    const flipped = Buffer.from(content);
    flipped[place] = (flipped[place] ?? 0) ^ (1 << (place % 8));
    yield flipped;
  }
}

describe('the store of held documents', () => {
  it('holds after a restart what was taken before it', async () => {
    const store = await HeldStore.open(directory, logger);
    store.take(head(1), [service(1, 1), service(2, 1)]);
    store.take(head(2), [{ ...service(1, 2), body: null }]);
    await store.close();
    const again = await HeldStore.open(directory, logger);
    expect(again.held.head).toEqual(head(2));
    expect([...again.held.documents.keys()]).toEqual(['service-2']);
    again.take(head(3), [service(3, 3)]);
    await again.close();
    const third = await HeldStore.open(directory, logger);
    expect([...third.held.documents.keys()]).toEqual(['service-2', 'service-3']);
    await third.close();
  });

  it('holds what was taken without a close, as after kill -9', async () => {
    const store = await HeldStore.open(directory, logger);
    store.take(head(1), [service(1, 1)]);
    const other = await HeldStore.open(directory, logger);
    expect([...other.held.documents.keys()]).toEqual(['service-1']);
    await Promise.all([store.close(), other.close()]);
  });

  it('folds the journal into snapshots, keeps one older copy, and goes on taking meanwhile', async () => {
    const store = await HeldStore.open(directory, logger, 2_000);
    for (let version = 1; version <= 60; version++) {
      store.take(head(version), [service(version % 7, version)]);
      if (version % 5 === 0) await store.save();
    }
    await store.close();
    const files = (await readdir(directory)).sort();
    expect(files.filter((name) => name.endsWith('.snapshot'))).toHaveLength(2);
    const again = await HeldStore.open(directory, logger, 2_000);
    expect(again.held.head?.version).toBe(60);
    expect(again.held.documents.get('service-4')).toEqual(service(4, 60));
    expect(again.held.documents.get('service-5')?.version).toBe(54);
    await again.close();
  });

  it('keeps former documents that are understood, and approvals, through journals and snapshots', async () => {
    const newer = { ...service(1, 2), body: { ...service(1, 2).body, later: true } } as unknown as Document;
    const approved: Document = { ...service(3, 3), body: null, approval: 3 };
    for (const foldAtBytes of [1_000_000, 100]) {
      const store = await HeldStore.open(directory, logger, foldAtBytes);
      store.take(head(1), [service(1, 1)]);
      store.take(head(2), [newer]);
      store.take(head(3), [approved]);
      for (let version = 4; version < 10; version++) {
        store.take(head(version), [service(2, version)]);
        await store.save();
      }
      await store.close();
      const again = await HeldStore.open(directory, logger);
      expect(again.held.usable()).toEqual([service(1, 1), service(2, 9)]);
      expect([...again.held.released.values()]).toEqual([approved]);
      expect(again.held.documents.get('service-1')).toEqual(newer);
      again.take(head(10), [{ ...service(1, 10), body: null }, service(3, 10)]);
      expect(again.held.usable()).toEqual([service(2, 9), service(3, 10)]);
      await again.close();
      await rm(directory, { recursive: true });
      await mkdir(directory);
    }
  });

  it('goes on from a truncated journal in a generation of its own', async () => {
    const store = await HeldStore.open(directory, logger);
    store.take(head(1), [service(1, 1)]);
    store.take(head(2), [service(2, 2)]);
    await store.close();
    const journal = join(directory, 'held-2.journal');
    await truncate(journal, (await stat(journal)).size - 5);
    const second = await HeldStore.open(directory, logger);
    expect(second.held.head?.version).toBe(1);
    expect(second.kept).toBe('older');
    second.take(head(3), [service(3, 3)]);
    expect(second.kept).toBe('all');
    await second.close();
    const third = await HeldStore.open(directory, logger);
    expect([...third.held.documents.keys()]).toEqual(['service-1', 'service-3']);
    expect(third.held.head?.version).toBe(3);
    await third.close();
  });

  it('keeps what was ever taken in two files from the beginning, so that no damage to one of them loses all', async () => {
    const store = await HeldStore.open(directory, logger);
    store.take(head(1), [service(1, 1)]);
    await store.save();
    store.take(head(2), [service(2, 2)]);
    await store.close();
    const names = (await readdir(directory)).filter((name) => name.startsWith('held-'));
    for (const name of names) {
      const content = await readFile(join(directory, name));
      for (const damaged of damages(content)) {
        await writeFile(join(directory, name), damaged);
        const { held, kept } = await readHeld(directory);
        expect(held.documents.has('service-1')).toBe(true);
        // A journal that was cut between two lines looks like an older one.
        if (!held.documents.has('service-2') && damaged.length > 0) expect(kept).toBe('older');
      }
      // One that the disk does not give back: a folder stands for it.
      await rm(join(directory, name));
      await mkdir(join(directory, name));
      expect((await readHeld(directory)).held.documents.has('service-1')).toBe(true);
      await rm(join(directory, name), { recursive: true });
      await writeFile(join(directory, name), content);
    }
    expect(names.sort()).toEqual(['held-1.journal', 'held-2.journal', 'held-2.snapshot']);
  });

  it('says that nothing is left where all of it is damaged, or is of something else', async () => {
    await writeFile(join(directory, 'held-1.journal'), 'what?\n');
    expect(await readHeld(directory)).toMatchObject({ kept: 'none', held: { head: null } });
    await writeFile(join(directory, 'held-1.journal'), checkedLine('{"format":1}', 0).line);
    expect(await readHeld(directory)).toMatchObject({ kept: 'none', held: { head: null } });
    await rm(join(directory, 'held-1.journal'));
    expect(await readHeld(directory)).toMatchObject({ kept: 'all', held: { head: null } });
  });

  /** Files grow no more, as on a full disk, which no test can have without privileges. */
  function fillDisk() {
    return vi.spyOn(Journal.prototype, 'append').mockImplementation(() => {
      throw new Error('ENOSPC: no space left on device');
    });
  }

  /** A snapshot cannot be written where a folder has its name. */
  const blockSnapshot = (generation: number) =>
    mkdir(join(directory, `held-${generation}.snapshot.tmp`), { recursive: true });
  const freeSnapshot = (generation: number) =>
    rm(join(directory, `held-${generation}.snapshot.tmp`), { recursive: true });

  it('moves on in memory when the disk is full, says so, and catches up', async () => {
    const store = await HeldStore.open(directory, logger);
    await blockSnapshot(2);
    const full = fillDisk();
    store.take(head(1), [service(1, 1)]);
    expect(store.trouble).toMatch(/ENOSPC/);
    store.take(head(2), [service(2, 2)]);
    await store.save();
    expect(store.held.head?.version).toBe(2);
    expect(store.trouble).not.toBeNull();
    full.mockRestore();
    await freeSnapshot(2);
    await store.save();
    expect(store.trouble).toBeNull();
    store.take(head(3), [service(3, 3)]);
    await store.close();
    const again = await HeldStore.open(directory, logger);
    expect([...again.held.documents.keys()]).toEqual(['service-1', 'service-2', 'service-3']);
    await again.close();
  });

  it('does not fill a full disk with journals, and calls nothing saved before it is', async () => {
    const store = await HeldStore.open(directory, logger);
    await blockSnapshot(2);
    fillDisk();
    store.take(head(1), [service(1, 1)]);
    vi.restoreAllMocks();
    for (let report = 2; report <= 6; report++) {
      const saving = store.save();
      expect(store.trouble).not.toBeNull();
      store.take(head(report), [service(report, report)]);
      await saving;
      expect(store.trouble).not.toBeNull();
    }
    expect((await readdir(directory)).sort()).toEqual(['held-1.journal', 'held-2.snapshot.tmp']);
    await store.close();
  });

  it('goes on with the old journal when a snapshot cannot be written', async () => {
    const store = await HeldStore.open(directory, logger, 100);
    await blockSnapshot(2);
    store.take(head(1), [service(1, 1)]);
    await store.save();
    expect(store.trouble).not.toBeNull();
    store.take(head(2), [service(2, 2)]);
    await store.save();
    const killed = await HeldStore.open(directory, logger);
    expect([...killed.held.documents.keys()]).toEqual(['service-1', 'service-2']);
    await Promise.all([store.close(), killed.close()]);
  });

  it('takes one of 10,000 documents at a cost that does not follow their number', async () => {
    const store = await HeldStore.open(directory, logger);
    store.take(
      head(1),
      Array.from({ length: 10_000 }, (_, number) => service(number, 1)),
    );
    await store.save();
    const began = performance.now();
    for (let version = 2; version <= 101; version++) store.take(head(version), [service(version, version)]);
    // A rewrite of 10,000 documents takes tens of milliseconds each time.
    expect((performance.now() - began) / 100).toBeLessThan(5);
    await store.close();
    const again = await HeldStore.open(directory, logger);
    expect(again.held.documents.size).toBe(10_000);
    await again.close();
  });
});
