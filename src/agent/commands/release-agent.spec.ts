import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../platform/logger.js';
import { FakeHost } from '../hosts/host-driver.fake.js';
import { HostSettlement } from '../settlement/settle-host.js';
import { VipLedger } from '../settlement/vip-ledger.js';
import { releaseHost } from './release-agent.js';

const VIP = '192.0.2.200';
const OTHER = '192.0.2.201';
const logger = createLogger('test', 'silent');

let directory: string;
let host: FakeHost;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-release-'));
  host = new FakeHost();
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** As an agent leaves it that was stopped. */
async function hold(...addresses: string[]): Promise<void> {
  const accepted = new Set(addresses);
  const scope = { accepted, gone: [], silenceNeeded: true, guardNeeded: true, observe: () => host.observe() };
  const ledger = await VipLedger.open(directory, logger);
  await new HostSettlement(host, ledger, logger, scope).settle(await host.observe());
}

const release = () => releaseHost(host, directory, logger);

describe('letting go of a host', () => {
  it('takes away all VIPs, the guard and the settings, and what sets them at boot', async () => {
    await hold(VIP, OTHER);
    expect([host.onLoopback.size, host.settings, host.covered?.size, host.kept]).toEqual([
      2,
      { quiet: 1 },
      2,
      { quiet: 1 },
    ]);
    await release();
    expect([host.onLoopback.size, host.settings, host.covered, host.kept]).toEqual([
      0,
      { quiet: 0 },
      undefined,
      undefined,
    ]);
  });

  it('does nothing where nothing is held, and again where all was let go', async () => {
    await release();
    await hold(VIP);
    await release();
    await release();
    expect(host.onLoopback.size).toBe(0);
  });

  it('stays silent and says why when a VIP cannot be taken off', async () => {
    await hold(VIP, OTHER);
    host.sticky.add(VIP);
    await expect(release()).rejects.toThrow(/192\.0\.2\.200 is still on this host.* stays/);
    expect([...host.onLoopback]).toEqual([VIP]);
    expect(host.settings).toEqual({ quiet: 1 });
    expect(host.covered).toContain(VIP);
  });

  it("leaves an operator's own address where it is, silent, and says so", async () => {
    host.onLoopback.add(VIP);
    await hold(VIP, OTHER);
    await expect(release()).rejects.toThrow(
      /192\.0\.2\.200 is still on this host.*Somebody else put it there/,
    );
    expect([...host.onLoopback]).toEqual([VIP]);
    expect(host.settings).toEqual({ quiet: 1 });
  });
});
