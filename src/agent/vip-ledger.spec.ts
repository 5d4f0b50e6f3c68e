import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../platform/logger.js';
import { VipLedger } from './vip-ledger.js';

const logger = createLogger('test', 'silent');
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-ledger-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('the ledger', () => {
  it('knows after a restart what was claimed, released and changed', async () => {
    const ledger = await VipLedger.open(directory, logger);
    await ledger.rememberPrevious({ 'all/arp_ignore': 0 });
    await ledger.claim(['192.0.2.1', '192.0.2.2']);
    await ledger.release(['192.0.2.1']);
    const again = await VipLedger.open(directory, logger);
    expect([...again.ours]).toEqual(['192.0.2.2']);
    expect(again.previous).toEqual({ 'all/arp_ignore': 0 });
  });

  it('remembers the first settings only, for the second ones are its own', async () => {
    const ledger = await VipLedger.open(directory, logger);
    await ledger.rememberPrevious({ 'all/arp_ignore': 0 });
    await ledger.rememberPrevious({ 'all/arp_ignore': 1 });
    expect((await VipLedger.open(directory, logger)).previous).toEqual({ 'all/arp_ignore': 0 });
    await ledger.forgetPrevious();
    expect((await VipLedger.open(directory, logger)).previous).toBeNull();
  });

  it.each(['', '{', '{"format":1}', '{"format":1,"previous":null,"ours":["localhost"]}'])(
    'claims nothing where its file is %j',
    async (text) => {
      await writeFile(join(directory, 'agent-ledger.json'), text);
      const ledger = await VipLedger.open(directory, logger);
      expect(ledger.ours.size).toBe(0);
      expect(ledger.previous).toBeNull();
    },
  );
});
