import { beforeEach, describe, expect, it } from 'vitest';
import { CommandFailed } from '../../platform/command-runner.js';
import { FakeDirectorHost } from './director-host.fake.js';
import { VipAddresses } from './vip-addresses.js';

const VIP = '192.0.2.200';
let host: FakeDirectorHost;
let addresses: VipAddresses;

beforeEach(async () => {
  host = new FakeDirectorHost();
  addresses = new VipAddresses(host);
  await addresses.removeOthers(new Set(), 'eth0');
});

const lockedVips = () => [...new Set([...host.policies].map((each) => each.split(' ')[3]))];

describe('the second lock', () => {
  it('comes before the VIP and goes after it, each time in one run of `ip`', async () => {
    const inputs: string[] = [];
    host.before = (_, input) => void inputs.push(input);
    await addresses.add([VIP], 'eth0');
    await addresses.remove([VIP]);
    const order = inputs.map((input) => input.split('\n').findIndex((line) => line.startsWith('address')));
    expect(inputs).toHaveLength(2);
    expect(order).toEqual([4, 0]);
    expect(lockedVips()).toEqual([]);
  });

  it('covers TCP and UDP of every source and nothing else', async () => {
    await addresses.add([VIP, '2001:db8::200'], 'eth0');
    expect([...host.policies]).toEqual([
      `src 0.0.0.0/1 dst ${VIP}/32 proto tcp`,
      `src 128.0.0.0/1 dst ${VIP}/32 proto tcp`,
      `src 0.0.0.0/1 dst ${VIP}/32 proto udp`,
      `src 128.0.0.0/1 dst ${VIP}/32 proto udp`,
      'src ::/1 dst 2001:db8::200/128 proto tcp',
      'src 8000::/1 dst 2001:db8::200/128 proto tcp',
      'src ::/1 dst 2001:db8::200/128 proto udp',
      'src 8000::/1 dst 2001:db8::200/128 proto udp',
    ]);
  });

  it("is not kept on an operator's own address", async () => {
    const { fresh, missing } = await addresses.add(['192.0.2.2'], 'eth0');
    expect({ fresh, missing }).toEqual({ fresh: [], missing: [] });
    expect(lockedVips()).toEqual([]);
    await addresses.add(['192.0.2.2'], 'eth0');
    expect(lockedVips()).toEqual([]);
  });

  it("is swept where an earlier run left it, and an operator's policy is not", async () => {
    await addresses.add([VIP, '192.0.2.201'], 'eth0');
    const operators = [
      `src 0.0.0.0/0 dst ${VIP}/32 proto tcp`,
      'src 10.0.0.0/8 dst 192.0.2.201/32 proto tcp',
    ];
    for (const policy of operators) host.policies.add(policy);
    await new VipAddresses(host).removeOthers(new Set([VIP]), 'eth0');
    const left = [...host.policies].filter((each) => !operators.includes(each));
    expect(new Set(left.map((each) => each.split(' ')[3]))).toEqual(new Set([`${VIP}/32`]));
    expect([...host.policies]).toEqual(expect.arrayContaining(operators));
  });

  it('is completed where somebody took a part of it away', async () => {
    await addresses.add([VIP], 'eth0');
    host.policies.delete(`src 0.0.0.0/1 dst ${VIP}/32 proto tcp`);
    await new VipAddresses(host).removeOthers(new Set([VIP]), 'eth0');
    expect(host.policies.size).toBe(4);
  });

  it.each([
    ['cannot be listed', (argv: readonly string[]) => argv.includes('xfrm')],
    ['cannot be set', (_: readonly string[], input: string) => input.includes('xfrm')],
  ])('keeps no VIP away where policies %s', async (_, breaks) => {
    host.before = (argv, input) => {
      if (breaks(argv, input)) throw new CommandFailed(argv, 2, 'Protocol not supported');
    };
    addresses = new VipAddresses(host);
    await addresses.removeOthers(new Set(), 'eth0');
    expect(await addresses.add([VIP], 'eth0')).toEqual({ fresh: [VIP], missing: [] });
    expect(addresses.lockTrouble).toContain('Protocol not supported');
    await addresses.remove([VIP]);
    expect([...host.addresses.keys()]).not.toContain(VIP);
  });
});
