import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../platform/logger.js';
import { VipLedger } from './vip-ledger.js';

const logger = createLogger('test', 'silent');
const SETTINGS = { 'all/arp_ignore': { before: 0, written: 1 } };
let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-ledger-'));
  file = join(directory, 'agent-ledger');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const open = () => VipLedger.open(directory, logger);

describe('the ledger', () => {
  it('knows after a kill what was claimed, borrowed, released and changed', async () => {
    const ledger = await open();
    await ledger.rememberSettings(SETTINGS);
    await ledger.claim(['192.0.2.1', '192.0.2.2']);
    await ledger.borrow(['192.0.2.3', '192.0.2.4', '192.0.2.5']);
    await ledger.claim(['192.0.2.5']);
    await ledger.release(['192.0.2.1', '192.0.2.3']);
    const again = await open();
    expect([...again.ours]).toEqual(['192.0.2.2', '192.0.2.5']);
    expect([...again.borrowed]).toEqual(['192.0.2.4']);
    expect(again.settings).toEqual(SETTINGS);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await again.rememberSettings({});
    expect((await open()).changedSettings).toBe(false);
    expect((await open()).ours.size).toBe(2);
  });

  it('loses nothing by damage to one of its files', async () => {
    const ledger = await open();
    await ledger.claim(['192.0.2.1']);
    await ledger.claim(['192.0.2.2']);
    const content = await readFile(file);
    for (let cut = 1; cut < content.length; cut += 7) {
      await writeFile(file, content.subarray(0, content.length - cut));
      const after = await open();
      expect([...after.ours]).toEqual(['192.0.2.1', '192.0.2.2']);
      expect(after.damaged).toBe(false);
    }
  });

  it('loses a line that was cut in both of them, and nothing else, says so, and goes on', async () => {
    const ledger = await open();
    await ledger.claim(['192.0.2.1']);
    await ledger.claim(['192.0.2.2']);
    const content = await readFile(file);
    for (let cut = 1; cut < 40; cut++) {
      for (const each of [file, `${file}.copy`])
        await writeFile(each, content.subarray(0, content.length - cut));
      const after = await open();
      expect([...after.ours]).toEqual(['192.0.2.1']);
      expect(after.damaged).toBe(true);
      await after.claim(['192.0.2.3']);
      expect([...(await open()).ours]).toEqual(['192.0.2.1', '192.0.2.3']);
    }
  });

  it('stays damaged over starts and whatever is written, until somebody accepts it', async () => {
    const ledger = await open();
    await ledger.claim(['192.0.2.1']);
    const content = await readFile(file);
    for (const each of [file, `${file}.copy`]) await writeFile(each, content.subarray(0, 20));
    await (await open()).claim(['192.0.2.2']);
    const next = await open();
    expect(next.damaged).toBe(true);
    // The last VIP leaving proves nothing either.
    await next.release(['192.0.2.2']);
    expect((await open()).damaged).toBe(true);
    await (await open()).acceptDamage();
    const accepted = await open();
    expect([accepted.damaged, accepted.ours.size]).toEqual([false, 0]);
    await accepted.claim(['192.0.2.3']);
    expect((await open()).damaged).toBe(false);
  });

  it('claims nothing where its file is of something else', async () => {
    await appendFile(file, '{"format":1,"previous":null,"ours":["192.0.2.1"]}');
    const ledger = await open();
    expect(ledger.ours.size).toBe(0);
    expect(ledger.changedSettings).toBe(false);
  });

  it('grows by a line with a change, however many VIPs there are, and does not grow for ever', async () => {
    const vips = Array.from({ length: 1_000 }, (_, index) => `198.18.${index >> 8}.${index & 255}`);
    const ledger = await open();
    await ledger.claim(vips);
    await ledger.claim(['192.0.2.1']);
    const { size } = await stat(file);
    await ledger.claim(['192.0.2.2']);
    expect((await stat(file)).size - size).toBeLessThan(150);
    for (let round = 0; round < 2_000; round++) await ledger.release(['192.0.2.9']);
    expect((await stat(file)).size).toBeLessThan(6 * size);
    expect((await open()).ours.size).toBe(1_002);
  });
});
