import { describe, expect, it } from 'vitest';
import { InProcessWindows } from '../../../../test/support/windows/in-process-windows.js';
import type { VipDocument } from '../../../contract/documents.js';
import { verifyHost } from '../../verify/verify-host.js';
import { windowsInspector } from './inspect-windows.js';
import { WindowsHost } from './windows-host.js';

const VIP: VipDocument = {
  kind: 'vip',
  address: '192.0.2.200',
  services: [{ protocol: 'tcp', port: 443, endPort: 443 }],
};

async function ready(): Promise<InProcessWindows> {
  const windows = new InProcessWindows();
  const host = new WindowsHost(windows);
  host.serve(new Map([[VIP.address, VIP.services]]));
  await host.writeSettings(host.silentSettings(await host.readSettings()));
  await host.guard([VIP.address]);
  await host.bind([VIP.address]);
  return windows;
}

async function verify(windows: InProcessWindows) {
  const { lines, right } = await verifyHost(new WindowsHost(windows), windowsInspector(windows), [VIP]);
  return { lines, right, wrong: lines.filter((line) => line.startsWith('WRONG')) };
}

describe('verify on Windows', () => {
  it('shows every setting, as wanted and as found', async () => {
    const { lines, right } = await verify(await ready());
    expect(right).toBe(true);
    expect(lines).toHaveLength(3 + 13 + 3);
    expect(lines).toContain('ok     InterfaceMetric of homeward (IPv4): wanted 254, found 254');
    expect(lines).toContain('ok     WeakHostReceive of Ethernet (IPv6): wanted 1, found 1');
    expect(lines).toContain('ok     firewall rule Homeward-192.0.2.200-tcp-443: wanted open, found open');
  });

  it('shows what is missing on a host that nobody has set up', async () => {
    const { right, wrong } = await verify(new InProcessWindows());
    expect(right).toBe(false);
    expect(wrong).toEqual([
      'WRONG  loopback-adapter: wanted 1, found 0',
      'WRONG  loopback-name: wanted homeward, found none',
      'WRONG  loopback-dns-registration: wanted 0, found none',
      'WRONG  WeakHostReceive of Ethernet (IPv4): wanted 1, found 0',
      'WRONG  WeakHostReceive of Ethernet (IPv6): wanted 1, found 0',
      'WRONG  firewall rule Homeward-192.0.2.200-tcp-443: wanted open, found not open',
      'WRONG  VIP 192.0.2.200: wanted on loopback as /32, found nowhere',
    ]);
  });

  it.each([
    [
      'a rule that lets too much in',
      (windows: InProcessWindows) => windows.state.rules.forEach((rule) => (rule.ports = '1-65535')),
      'WRONG  firewall rule Homeward-192.0.2.200-tcp-443: wanted open, found not open',
    ],
    [
      'a VIP that may be a source',
      (windows: InProcessWindows) => windows.state.addresses.forEach((each) => (each.skipAsSource = false)),
      'WRONG  source address 192.0.2.200: wanted never, found sometimes',
    ],
    [
      'a rule of another port',
      (windows: InProcessWindows) =>
        windows.state.rules.push({
          name: 'Homeward-192.0.2.200-tcp-22',
          admits: true,
          protocol: 'tcp',
          ports: '22',
          address: VIP.address,
        }),
      'WRONG  firewall rule Homeward-192.0.2.200-tcp-22: wanted none, found open',
    ],
  ])('finds %s', async (_, spoil, wrong) => {
    const windows = await ready();
    spoil(windows);
    expect((await verify(windows)).wrong).toEqual([wrong]);
  });
});
