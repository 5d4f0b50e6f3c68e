import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemCommands } from '../../src/platform/command-runner.js';
import { createNetwork, type Host, type Network } from '../support/namespaces.js';
import { TrafficPeer } from '../support/traffic.js';

const prefix = `hw${process.pid}-net`;
let network: Network;
let client: Host;
let server: Host;

beforeAll(async () => {
  network = await createNetwork({ prefix });
  await network.addHost({
    name: 'router',
    links: [
      { bridge: 'wan', mac: '02:00:00:00:01:01', addresses: ['198.51.100.1/24', '2001:db8:1::1/64'] },
      { bridge: 'lan', mac: '02:00:00:00:01:02', addresses: ['192.0.2.1/24', '2001:db8:2::1/64'] },
    ],
    forward: true,
  });
  client = await network.addHost({
    name: 'client',
    links: [
      { bridge: 'wan', mac: '02:00:00:00:02:01', addresses: ['198.51.100.10/24', '2001:db8:1::10/64'] },
    ],
    routes: [
      { to: 'default', via: '198.51.100.1' },
      { to: 'default', via: '2001:db8:1::1' },
    ],
  });
  server = await network.addHost({
    name: 'server',
    links: [{ bridge: 'lan', mac: '02:00:00:00:03:bb', addresses: ['192.0.2.11/24', '2001:db8:2::11/64'] }],
    routes: [
      { to: 'default', via: '192.0.2.1' },
      { to: 'default', via: '2001:db8:2::1' },
    ],
  });
});

afterAll(() => network.close());

describe('a network of namespaces', () => {
  it('carries packets through a router at once, in both families', async () => {
    const listener = new TrafficPeer(server);
    const caller = new TrafficPeer(client);
    for (const address of ['192.0.2.11', '2001:db8:2::11']) {
      await listener.serve({ name: 'server', protocol: 'tcp', address, port: 80 });
      expect(await caller.visit({ address, port: 80 })).toBe('server');
    }
    await expect(caller.visit({ address: '192.0.2.11', port: 81 })).rejects.toThrow('ECONNREFUSED');
  });

  it('gives an interface the Ethernet address that was asked for, also one plugged in later', async () => {
    const device = await server.addLink({ bridge: 'lan', mac: '02:00:00:00:03:cc', addresses: [] });
    expect(device).toBe('eth1');
    const shown = await server.exec(['ip', '-o', 'link']);
    expect(shown).toContain('02:00:00:00:03:bb');
    expect(shown).toContain('02:00:00:00:03:cc');
  });

  it('ends what it spawned and leaves no namespace behind', async () => {
    const passing = await createNetwork({ prefix: `${prefix}2` });
    const host = await passing.addHost({ name: 'host', links: [] });
    const child = host.spawn(['sleep', '60']);
    const gone = once(child, 'exit');
    await passing.close();
    await gone;
    expect(await systemCommands.run(['ip', 'netns', 'list'])).not.toContain(`${prefix}2-`);
  });
});
