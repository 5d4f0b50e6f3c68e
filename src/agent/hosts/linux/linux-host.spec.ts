import { describe, expect, it } from 'vitest';
import { CommandFailed } from '../../../platform/command-runner.js';
import { LinuxHost } from './linux-host.js';

function listing(last: number, lifetime: number): string {
  const address = {
    local: `192.0.2.${last}`,
    prefixlen: 24,
    valid_life_time: lifetime,
    preferred_life_time: 1,
  };
  const eth0 = {
    ifname: 'eth0',
    ifindex: 2,
    link_type: 'ether',
    flags: ['UP'],
    mtu: 1500,
    addr_info: [address],
  };
  return JSON.stringify([eth0]);
}

describe('the view of a Linux host', () => {
  it('is the same object as long as nothing but the lifetime of a lease moved', async () => {
    let addresses = listing(11, 86_400);
    let route = '';
    const run = (argv: readonly string[]): Promise<string> =>
      Promise.resolve(argv.includes('route') ? route : addresses);
    const host = new LinuxHost({ run }, '/nowhere');
    const first = await host.observe();
    addresses = listing(11, 86_395);
    expect(await host.observe()).toBe(first);
    addresses = listing(12, 86_390);
    const second = await host.observe();
    expect(second.interfaces[0]?.addresses[0]?.address).toBe('192.0.2.12');
    route = '[{"gateway":"192.0.2.1"}]';
    expect((await host.observe()).gateways).toEqual(['192.0.2.1']);
  });

  it('tells of a host without nft that it has no guard, and why', async () => {
    const missing = new CommandFailed(['nft'], null, 'spawn nft ENOENT');
    const run = ([program]: readonly string[]): Promise<string> =>
      program === 'nft' ? Promise.reject(missing) : Promise.resolve('');
    const host = new LinuxHost({ run }, '/nowhere');
    for (const { guard } of [await host.observe(), await host.look(['192.0.2.200'])]) {
      expect(guard).toMatchObject({ standing: false, inForce: false });
      expect(guard.advice).toContain('spawn nft ENOENT');
    }
  });
});
