/** What the boot unit's command makes of what it finds on disk, with no network card and nobody to ask. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkedLine } from '../../src/platform/checked-lines.js';
import { CrashLab, hand, scrap, traces, VIPS, type Machine } from '../support/crash-lab.js';
import type { Host } from '../support/namespaces.js';

const HOST_ADDRESS = '192.0.2.11';

let lab: CrashLab;
let machine: Machine;
let host: Host;
let machines = 0;

beforeAll(async () => {
  lab = await CrashLab.open('boot');
});
afterAll(() => lab.close());

beforeEach(async () => {
  machine = await lab.machine(++machines);
});
afterEach(async () => {
  await lab.powerOff(host);
  await scrap(machine);
});

/** A machine that held the VIPs, and is down. */
async function held(): Promise<void> {
  host = await lab.boot(machine, 'card');
  await hand(machine, 'vips');
  expect(await lab.agent(host, machine)).toMatchObject({ code: 0 });
  await lab.powerOff(host);
}

async function boot() {
  host = await lab.boot(machine, 'no-card');
  const { code } = await lab.bootCommand(host, machine);
  return { code, left: await traces(host, machine) };
}

async function damage(name: RegExp, change: (content: Buffer) => Buffer | string): Promise<void> {
  const names = (await readdir(machine.stateDir)).filter((each) => name.test(each));
  expect(names.length).toBeGreaterThan(0);
  for (const each of names) {
    const path = join(machine.stateDir, each);
    await writeFile(path, change(await readFile(path)));
  }
}

const halved = (content: Buffer) => content.subarray(0, content.length / 2);
function flipped(content: Buffer): Buffer {
  const place = Math.floor(content.length / 2);
  // The newest journal is empty as long as nothing moved.
  if (content.length > 0) content.writeUInt8((content[place] ?? 0) ^ 16, place);
  return content;
}
const nonsense = () => checkedLine('{"format":1,"head":"what?"}', 0).line;

const ALL_BOUND = VIPS.map((vip) => `${vip} bound`).join(', ');
const HELD = /^held-/;
const SNAPSHOT = /^held-2\.snapshot$/;
const LEDGER = /^agent-ledger$/;
const LEDGERS = /^agent-ledger/;

describe('the boot command', () => {
  it('does nothing on a host that never held a VIP', async () => {
    expect(await boot()).toEqual({ code: 0, left: '' });
  });

  it('brings back what the host held', async () => {
    await held();
    const { code, left } = await boot();
    expect(code).toBe(0);
    expect(left).toContain(ALL_BOUND);
  });

  it.each([
    ['the snapshot cut', SNAPSHOT, halved],
    ['the snapshot flipped', SNAPSHOT, flipped],
    ['the snapshot of something else', SNAPSHOT, nonsense],
    ['the ledger cut', LEDGER, halved],
    ['the ledger flipped', LEDGER, flipped],
    ['the ledger of something else', LEDGER, nonsense],
  ] as const)('does so from the other copy, with %s', async (_, name, change) => {
    await held();
    await damage(name, change);
    const { code, left } = await boot();
    expect(code).toBe(0);
    expect(left).toContain(ALL_BOUND);
  });

  it.each([
    ['all that was held cut', HELD, halved],
    ['all that was held flipped', HELD, flipped],
    ['all that was held of something else', HELD, nonsense],
    ['both ledgers cut to nothing', LEDGERS, () => ''],
    ['both ledgers of something else', LEDGERS, nonsense],
  ] as const)('binds nothing and says so, with %s', async (_, name, change) => {
    await held();
    await damage(name, change);
    const { code, left } = await boot();
    expect(code).toBe(3);
    expect(left).not.toContain('bound');
  });

  it('does not bind what the agent had refused, for nobody sees the addresses of cards yet', async () => {
    host = await lab.boot(machine, 'card');
    await hand(machine, 'vips', [...VIPS, HOST_ADDRESS]);
    expect((await lab.agent(host, machine)).output).toContain('OwnAddress');
    await lab.powerOff(host);
    const { code, left } = await boot();
    expect(code).toBe(0);
    expect(left).toContain(ALL_BOUND);
    expect(await host.exec(['ip', '-o', 'address', 'show', 'dev', 'lo'])).not.toContain(`${HOST_ADDRESS}/`);
  });

  it('covers a VIP that an operator puts there, and leaves the putting to them', async () => {
    // Before an agent holds them, nothing keeps them silent.
    host = await lab.boot(machine, 'no-card');
    for (const vip of VIPS) await host.exec(['ip', 'address', 'add', vip, 'dev', 'lo']);
    await hand(machine, 'vips');
    expect(await lab.agent(host, machine)).toMatchObject({ code: 0 });
    await lab.powerOff(host);
    const { code, left } = await boot();
    expect(code).toBe(0);
    expect(left).not.toContain('bound');
    for (const vip of VIPS) await host.exec(['ip', 'address', 'add', vip, 'dev', 'lo']);
    await lab.plugIn(host, machine);
    await host.sysctl('net.ipv4.conf.all.arp_ignore', 0);
    await lab.look();
    expect(lab.claimed(machine)).toEqual([]);
  });
});
