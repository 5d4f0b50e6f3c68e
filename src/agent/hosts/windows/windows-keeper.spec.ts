/**
 * The agent's whole work on a simulated Windows host. Whatever single change fails, or is the last one before a kill, the
 * VIP never stands where it must not, and the next start finishes the work.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InProcessWindows, type Accident } from '../../../../test/support/windows/in-process-windows.js';
import { plugIn } from '../../../../test/support/windows/windows-state.js';
import { reportDecoder } from '../../../contract/decode-report.js';
import type { Document, VipDocument, VipService } from '../../../contract/documents.js';
import { createLogger } from '../../../platform/logger.js';
import { Proofs } from '../../proofs/proofs.js';
import { clipReport } from '../../../link/clip-report.js';
import { VipKeeper } from '../../keeper/vip-keeper.js';
import { windowsReader } from './read-for-proofs.js';
import { WindowsHost } from './windows-host.js';

const VIP = '192.0.2.200';
const VIP6 = '2001:db8::200';
const HTTPS: VipService = { protocol: 'tcp', port: 443, endPort: 443 };
const MEDIA: VipService = { protocol: 'udp', port: 8000, endPort: 8010 };
const NEVER_MS = 1_000_000;
/** Hundreds of hosts take a few seconds, and more where other tests run beside them. */
const PATIENCE_MS = 30_000;
const logger = createLogger('test', 'silent');

let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'homeward-windows-'));
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

function agentOn(windows: InProcessWindows): VipKeeper {
  const probe = () => Promise.resolve([]);
  return new VipKeeper(
    new WindowsHost(windows),
    new Proofs(windowsReader(windows), logger, { probe }),
    stateDir,
    logger,
    { pollMs: NEVER_MS },
  );
}

function documents(services: readonly VipService[]): Map<string, Document<VipDocument>> {
  const all = [VIP, VIP6].map((address): Document<VipDocument> => {
    return { key: address, version: 1, revision: 1, body: { kind: 'vip', address, services } };
  });
  return new Map(all.map((document) => [document.key, document]));
}

const WANTED = documents([HTTPS, MEDIA]);
const NONE = new Map<string, never>();
/** Whatever leaves, leaves by their change. */
const BY_OPERATORS = { strange: [], released: new Set([VIP, VIP6]) };

/** Starts an agent, has it bring the host in line, and ends it. Resolves to the faults that are left. */
async function run(windows: InProcessWindows, wanted: ReadonlyMap<string, Document<VipDocument>>) {
  const agent = agentOn(windows);
  const faults = await agent.reconcile(wanted, 7, BY_OPERATORS);
  await agent.stop();
  return faults;
}

/** The same, with an accident. After a kill nothing is waited for, for nothing comes any more. */
async function runInto(
  windows: InProcessWindows,
  accident: Accident,
  wanted: ReadonlyMap<string, Document<VipDocument>>,
): Promise<void> {
  windows.accident = accident;
  const agent = agentOn(windows);
  // What comes of it is looked at afterwards, on the host.
  await Promise.race([agent.reconcile(wanted, 7, BY_OPERATORS).catch(() => undefined), windows.killed]);
  windows.accident = undefined;
  if (accident.kind === 'fail') await agent.stop();
}

function vipsOf({ state }: InProcessWindows): string[] {
  const own = state.addresses.filter(({ prefixLength }) => prefixLength === 32 || prefixLength === 128);
  const named = own.map(({ index, address }) => {
    const name = state.adapters.find((adapter) => adapter.index === index)?.name;
    return `${address} on ${name}`;
  });
  return named.sort();
}

function doorsOf({ state }: InProcessWindows): string[] {
  return state.rules.map(({ address, protocol, ports }) => `${address} ${protocol} ${ports}`).sort();
}

const HELD = [`${VIP} on homeward`, `${VIP6} on homeward`];
const OPEN = [VIP, VIP6].flatMap((vip) => [`${vip} tcp 443`, `${vip} udp 8000-8010`]);

/** How many single changes there are, and a host with nothing and with everything done. */
async function countChanges() {
  const windows = new InProcessWindows();
  await run(windows, WANTED);
  const making = windows.simulation.changes;
  await run(windows, NONE);
  await rm(stateDir, { recursive: true, force: true });
  stateDir = await mkdtemp(join(tmpdir(), 'homeward-windows-'));
  return { making, all: windows.simulation.changes };
}

describe('an agent on Windows', () => {
  it('holds VIPs behind doors for exactly their services, and leaves the host as it was', async () => {
    const windows = new InProcessWindows();
    const before = JSON.stringify(windows.state);
    expect(await run(windows, WANTED)).toEqual([]);
    expect(vipsOf(windows)).toEqual(HELD);
    expect(doorsOf(windows)).toEqual(OPEN);
    expect(await run(windows, documents([HTTPS]))).toEqual([]);
    expect(doorsOf(windows)).toEqual([`${VIP} tcp 443`, `${VIP6} tcp 443`]);
    expect(await run(windows, NONE)).toEqual([]);
    expect(JSON.stringify(windows.state)).toBe(before);
    expect(windows.simulation.offences).toEqual([]);
  });

  it.each(['kill', 'fail'] as const)(
    'finishes its work after each single change that ends in "%s"',
    async (kind) => {
      const { making, all } = await countChanges();
      expect(making).toBeGreaterThan(20);
      for (let change = 1; change <= all; change++) {
        const windows = new InProcessWindows();
        const before = JSON.stringify(windows.state);
        const where = `${kind} ${change} of ${all}`;
        if (change > making) await run(windows, WANTED);
        await runInto(windows, { change, kind }, change > making ? NONE : WANTED);
        expect(windows.simulation.offences, where).toEqual([]);
        if (change <= making) {
          expect(await run(windows, WANTED), where).toEqual([]);
          expect(vipsOf(windows), where).toEqual(HELD);
          expect(doorsOf(windows), where).toEqual(OPEN);
        }
        expect(await run(windows, NONE), where).toEqual([]);
        expect(JSON.stringify(windows.state), where).toBe(before);
        expect(windows.simulation.offences, where).toEqual([]);
      }
    },
    PATIENCE_MS,
  );

  it('would be caught binding before the host is ready', async () => {
    const windows = new InProcessWindows();
    const host = new WindowsHost(windows);
    await host.writeSettings({ 'loopback-adapter': 1, 'loopback-ipv4-dhcp': 0 });
    await host.bind([VIP]);
    expect(windows.simulation.offences).toContain(`${VIP} is registered in DNS`);
    expect(windows.simulation.offences).toContain(
      `${VIP} stands there without network-ipv4-weak-host-receive`,
    );
  });

  it('repairs what somebody changed, and an adapter that was added', async () => {
    const windows = new InProcessWindows();
    const agent = agentOn(windows);
    await agent.reconcile(WANTED);
    const { addresses, interfaces, rules } = windows.state;
    addresses.splice(
      addresses.findIndex(({ address }) => address === VIP),
      1,
    );
    for (const each of interfaces) if (each.index === 9) each.InterfaceMetric = 5;
    rules.splice(0, 1);
    for (const rule of rules) rule.ports = rule.ports === '443' ? '1-65535' : rule.ports;
    plugIn(windows.state, { index: 5, name: 'Ethernet 3', loopback: false });
    await agent.look();
    await agent.stop();
    expect(vipsOf(windows)).toEqual(HELD);
    expect(doorsOf(windows)).toEqual(OPEN);
    const receiving = interfaces.filter(({ index }) => index === 5).map((each) => each.WeakHostReceive);
    expect(receiving).toEqual([1, 1]);
    expect(interfaces.filter(({ index }) => index === 9).map((each) => each.InterfaceMetric)).toEqual([
      254, 254,
    ]);
  });

  it('reports what the control plane takes, whatever its adapters are called', async () => {
    const windows = new InProcessWindows();
    plugIn(windows.state, { index: 5, name: 'vEthernet (Default Switch)', loopback: false });
    plugIn(windows.state, { index: 6, name: `Team ${'1 '.repeat(100)}`, loopback: false });
    const agent = agentOn(windows);
    await agent.reconcile(WANTED);
    for (const each of windows.state.interfaces) each.WeakHostReceive = 0;
    await agent.look();
    const part = await agent.describe(true);
    await agent.stop();
    expect(part.drift.latest.some(({ thing }) => thing.includes('Team 1'))).toBe(true);
    const report = { ...part, format: 1, sequence: 1, position: null, revision: 0, faults: [] };
    expect(reportDecoder('agent')(clipReport(report))).toMatchObject({ ok: true });
    const [service] = part.vips[0]?.services ?? [];
    expect(service?.firewall.message).toContain('Windows Firewall');
  });

  it('makes the same settings for an IPv6 VIP alone', async () => {
    const windows = new InProcessWindows();
    const alone = new Map([...WANTED].filter(([address]) => address === VIP6));
    expect(await run(windows, alone)).toEqual([]);
    expect(vipsOf(windows)).toEqual([`${VIP6} on homeward`]);
    expect(windows.simulation.offences).toEqual([]);
  });

  it('leaves a VIP alone that an operator holds, on the adapter that it stands on', async () => {
    const windows = new InProcessWindows();
    plugIn(windows.state, { index: 7, name: 'loopback', loopback: true });
    windows.state.addresses.push({
      index: 7,
      address: VIP,
      prefixLength: 32,
      usable: true,
      skipAsSource: true,
    });
    expect(await run(windows, WANTED)).toEqual([]);
    expect(vipsOf(windows)).toEqual(HELD);
    await run(windows, NONE);
    expect(vipsOf(windows)[0]).toMatch(VIP);
  });
});
