import { describe, expect, it } from 'vitest';
import { InProcessWindows } from '../../../../test/support/windows/in-process-windows.js';
import { windowsReader } from './read-for-proofs.js';
import { WindowsHost } from './windows-host.js';

const VIP = '192.0.2.200';
const HTTPS = { protocol: 'tcp', port: 443, endPort: 443 } as const;

describe('what proofs read of a Windows host', () => {
  it('is whether its firewall lets a service in, and whether it forwards packets', async () => {
    const windows = new InProcessWindows();
    const read = windowsReader(windows);
    const before = await read();
    expect(before.firewall({ vip: VIP, ...HTTPS })).toMatchObject({ reason: 'RuleNotInForce' });
    expect(before.forwarding).toMatchObject({ ipv4: false, ipv6: false });
    const host = new WindowsHost(windows);
    host.serve(new Map([[VIP, [HTTPS]]]));
    await host.guard([VIP]);
    windows.simulation.filters.forwarding.push('IPv6');
    const after = await read();
    expect(after.firewall({ vip: VIP, ...HTTPS })).toMatchObject({ status: 'True' });
    expect(after.forwarding).toMatchObject({ ipv4: false, ipv6: true });
  });

  it('is the same object as long as it shows the same', async () => {
    const windows = new InProcessWindows();
    const read = windowsReader(windows);
    const first = await read();
    expect(await read()).toBe(first);
    windows.simulation.filters.forwarding.push('IPv4');
    expect(await read()).not.toBe(first);
  });

  it('is unknown where it cannot be read, and says why', async () => {
    const read = windowsReader({ run: () => Promise.reject(new Error('Access is denied.')) });
    const readings = await read();
    const said = readings.firewall({ vip: VIP, ...HTTPS });
    expect(said).toMatchObject({ status: 'Unknown', reason: 'NotReadable' });
    expect(said.message).toContain('Access is denied.');
    expect(readings.forwarding).toBeNull();
    expect(await read()).toBe(readings);
  });
});
