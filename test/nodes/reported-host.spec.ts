/** What both roles tell of a host goes through the very decoder that the control plane has. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LinuxHost } from '../../src/agent/hosts/linux/linux-host.js';
import { linuxReader } from '../../src/agent/hosts/linux/read-for-proofs.js';
import { Proofs } from '../../src/agent/proofs/proofs.js';
import { VipKeeper } from '../../src/agent/keeper/vip-keeper.js';
import { reportDecoder } from '../../src/contract/decode-report.js';
import { CONTRACT_FORMAT } from '../../src/contract/documents.js';
import type { NodePart } from '../../src/link/node-work.js';
import type { CommandRunner } from '../../src/platform/command-runner.js';
import { createLogger } from '../../src/platform/logger.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';
import type { Host } from '../support/namespaces.js';

let net: DirectorNetwork;
let stateDir: string;

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-rep`);
  stateDir = await mkdtemp(join(tmpdir(), 'homeward-agent-'));
  for (const host of [net.director, net.servers[0]]) await addOddInterfaces(host);
});
afterAll(async () => {
  await net.close();
  await rm(stateDir, { recursive: true });
});

describe('on a host with a tunnel, a bridge, and interfaces without link or address', () => {
  it('the engine tells what the control plane takes', async () => {
    expect(await net.restart([service(1, { servers: entries(1, 4, [1, 1]) })])).toEqual([]);
    const part = await net.engine.describe();
    expect(interfacesOf(part)).toEqual(['br0', 'eth0', 'veth0', 'veth1']);
    expect(taken(part)).toMatchObject({ ok: true });
  });

  it('the agent does so too', async () => {
    const [host] = net.servers;
    const commands: CommandRunner = { run: (argv, options) => host.exec(argv, options) };
    const logger = createLogger('agent', 'silent');
    const proofs = new Proofs(linuxReader(commands), logger);
    const keeper = new VipKeeper(new LinuxHost(commands, stateDir), proofs, stateDir, logger);
    const part = await keeper.describe(true);
    expect(interfacesOf(part)).toEqual(['br0', 'eth0', 'veth0', 'veth1']);
    expect(taken(part)).toMatchObject({ ok: true });
    await keeper.stop();
  });

  it('and it would not be taken with the tunnel in it', async () => {
    const part = await net.engine.describe();
    const tunnel = { name: 'tun0', mac: '', up: false, mtu: 1500, addresses: [] };
    const host = { ...part.host, interfaces: [...part.host.interfaces, tunnel] };
    expect(taken({ ...part, host })).toMatchObject({ ok: false });
  });
});

function interfacesOf({ host }: NodePart): readonly string[] {
  return host.interfaces.map(({ name }) => name).sort();
}

/** As it arrives: through JSON. */
function taken(part: NodePart) {
  const report = { ...part, format: CONTRACT_FORMAT, sequence: 1, position: null, revision: 0, faults: [] };
  return reportDecoder(part.role)(JSON.parse(JSON.stringify(report)));
}

async function addOddInterfaces(host: Host): Promise<void> {
  await host.exec(['ip', 'tuntap', 'add', 'tun0', 'mode', 'tun']);
  await host.exec(['ip', '-batch', '-'], {
    input: `address add 10.9.0.1/24 dev tun0
link set tun0 up
link add br0 type bridge
link add veth0 type veth peer name veth1
link set veth0 up
address add 10.8.0.1/24 dev veth0
address add ::ffff:10.8.0.2/128 dev veth0
`,
  });
}
