import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../platform/logger.js';
import { FakeHost } from '../hosts/host-driver.fake.js';
import { VipLedger } from '../settlement/vip-ledger.js';
import { bootHost } from './boot-agent.js';

const logger = createLogger('test', 'silent');

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-boot-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('a host that never held a VIP boots well', async () => {
  expect(await bootHost(new FakeHost(), directory, logger)).toBe(0);
});

it('a host that held one, and whose documents are gone, binds nothing and does not call that well', async () => {
  await (await VipLedger.open(directory, logger)).claim(['192.0.2.200']);
  const host = new FakeHost();
  expect(await bootHost(host, directory, logger)).toBe(3);
  expect(host.onLoopback.size).toBe(0);
});
