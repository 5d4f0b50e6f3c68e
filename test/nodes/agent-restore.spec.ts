/**
 * The settings of a host are as before when its last VIP left, also those of a network card that had come up meanwhile
 * with what the agent had set, and whatever happened to `default` since.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CrashLab, hand, scrap, type Machine } from '../support/crash-lab.js';
import type { Host } from '../support/namespaces.js';

const CARD_MAC = '02:00:00:00:00:dd';
const KEYS = ['all', 'default', 'eth0', 'eth1'].flatMap((name) =>
  ['arp_ignore', 'arp_announce'].map((key) => `net.ipv4.conf.${name}.${key}`),
);

let lab: CrashLab;
let machine: Machine;
let host: Host;

beforeAll(async () => {
  lab = await CrashLab.open('restore');
});
afterAll(() => lab.close());

beforeEach(async () => {
  machine = await lab.machine(0);
  host = await lab.boot(machine, 'card');
  await hand(machine, 'vips');
  expect(await lab.agent(host, machine)).toMatchObject({ code: 0 });
  await host.addLink({ bridge: 'lan', mac: CARD_MAC, addresses: [] });
  expect(await settings()).toBe('1 2 1 2 0 0 1 2');
});
afterEach(async () => {
  await lab.powerOff(host);
  await scrap(machine);
});

const settings = async () => (await host.exec(['sysctl', '-n', ...KEYS])).trim().split('\n').join(' ');

async function letGo(): Promise<string[]> {
  await hand(machine, 'nothing');
  const { code, output } = await lab.agent(host, machine);
  expect(code).toBe(0);
  return JSON.parse(output) as string[];
}

describe('a network card that came up while the agent held VIPs', () => {
  it('gets back what it would have had', async () => {
    await letGo();
    expect(await settings()).toBe('0 0 0 0 0 0 0 0');
  });

  it('does so when somebody had put the default back, and the agent had repaired it', async () => {
    await host.exec(['sysctl', '-qw', 'net.ipv4.conf.default.arp_ignore=0']);
    expect(await lab.agent(host, machine)).toMatchObject({ code: 0 });
    expect(await settings()).toBe('1 2 1 2 0 0 1 2');
    await letGo();
    expect(await settings()).toBe('0 0 0 0 0 0 0 0');
  });

  it('does so when the agent was killed before it came to the card, and VIPs came and went since', async () => {
    // A run to the end tells at which step that is.
    const killAt =
      (await letGo()).findIndex((step) => step.startsWith('write') && step.includes('/eth1/')) + 1;
    expect(killAt).toBeGreaterThan(0);
    await hand(machine, 'vips');
    expect(await lab.agent(host, machine)).toMatchObject({ code: 0 });
    await host.exec([
      'sysctl',
      '-qw',
      'net.ipv4.conf.eth1.arp_ignore=1',
      'net.ipv4.conf.eth1.arp_announce=2',
    ]);
    await hand(machine, 'nothing');
    expect(await lab.agent(host, machine, { killAt })).toMatchObject({ signal: 'SIGKILL' });
    expect(await settings()).toBe('0 0 0 0 0 0 1 2');
    await hand(machine, 'vips');
    expect(await lab.agent(host, machine)).toMatchObject({ code: 0 });
    await letGo();
    expect(await settings()).toBe('0 0 0 0 0 0 0 0');
  });
});
