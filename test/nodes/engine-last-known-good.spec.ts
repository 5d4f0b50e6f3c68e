/**
 * What a director does without anybody: a real engine process is killed, and so is its control plane. Then it comes back
 * alone, and at last a control plane comes that must not be believed.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TABLE_MONITOR } from '../../src/engine/watch/table-monitor.js';
import { ControlPlaneStandIn } from '../support/control-plane-stand-in.js';
import { VIP4 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';
import { openDoor, startEngine } from '../support/engine-process.js';
import { stopProcess } from '../support/namespaces.js';
import { untilSo } from '../support/until-so.js';

const WAIT_MS = 20_000;
let net: DirectorNetwork;
let plane: ControlPlaneStandIn;
let planePort: number;
let door: Server;
let engine: ChildProcess;

const web = service(1, { servers: entries(1, 4, [1000, 1000]), slots: 8 });
const served = () => net.client.visit({ address: VIP4, port: 80 });
const told = () => plane.lastReport?.position?.version === plane.version;
const accepted = () => plane.lastReport?.conditions.find(({ type }) => type === 'DocumentsAccepted');

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-lkg`);
  await net.serve('tcp', VIP4, 80);
  plane = await ControlPlaneStandIn.start();
  planePort = plane.port;
  plane.role = 'director';
  plane.epoch = 2;
  plane.put({ 1: web });
  door = await openDoor(net, planePort);
  engine = startEngine(net);
  await untilSo(told, 'the director to report', WAIT_MS);
});

afterAll(async () => {
  await stopProcess(engine);
  await plane.close();
  door.close();
  await net.close();
});

async function killEngine(): Promise<void> {
  const gone = once(engine, 'exit');
  engine.kill('SIGKILL');
  await gone;
}

/** It listens to the kernel once everything is brought in line. */
async function untilBrought(): Promise<void> {
  // Not the Perl that speaks ARP, which is there from the beginning.
  const listens = async () =>
    (await net.director.exec(['ps', '-o', 'args=', '--ppid', `${engine.pid}`], ANY)).includes('perl -e');
  await untilSo(listens, 'the engine to have brought everything', WAIT_MS);
}
/** `ps` ends with 1 where it finds nothing. */
const ANY = { exitCodes: [0, 1] };

describe('a director', () => {
  it('forwards on when its engine and its control plane are killed, connections as well as new ones', async () => {
    const open = await net.client.connect({ address: VIP4, port: 80 });
    await plane.close();
    await killEngine();
    expect(await open.say('still there')).toContain('still there');
    expect(['one', 'two']).toContain(await served());
    await open.close();
  });

  it('is adopted by an engine that starts alone, which sends the kernel nothing', async () => {
    const lines: string[] = [];
    const monitor = net.director.spawn([...TABLE_MONITOR]);
    monitor.stdout?.on('data', (data) => lines.push(`${data}`));
    await untilSo(() => lines.length > 0, 'the monitor to listen', WAIT_MS);
    engine = startEngine(net);
    await untilBrought();
    expect(lines.join('')).toBe('listening\n');
    // What it would have seen.
    await net.director.exec(['nft', 'add', 'element', 'netdev', 'homeward', 'takers', '{ 1 . 999 }']);
    await untilSo(() => lines.join('').includes('takers'), 'the monitor to tell', WAIT_MS);
    await stopProcess(monitor);
  });

  it('that was rebooted comes back from what it was last told, and forwards nothing before', async () => {
    await killEngine();
    await net.director.exec(['nft', 'flush', 'ruleset']);
    await net.director.exec(['ip', 'address', 'delete', `${VIP4}/32`, 'dev', 'eth0']);
    await expect(served()).rejects.toThrow('no answer in time');
    engine = startEngine(net);
    await untilBrought();
    // The VIP is taken once its segment was asked about it.
    const serves = () =>
      served().then(
        (name) => ['one', 'two'].includes(name),
        () => false,
      );
    await untilSo(serves, 'clients to be served again', WAIT_MS);
  });

  it('does not believe a control plane of an older epoch, and does the same one of its own', async () => {
    const { version, documents } = plane;
    plane = await ControlPlaneStandIn.start(planePort);
    Object.assign(plane, { role: 'director', epoch: 1, version: version + 5 });
    await untilSo(() => accepted()?.status === 'False', 'the director to refuse', WAIT_MS);
    expect(['one', 'two']).toContain(await served());
    plane.epoch = 2;
    plane.version = version;
    for (const [key, document] of documents) plane.documents.set(key, document);
    plane.put({ 1: null });
    plane.dropStreams();
    await untilSo(told, 'the director to take what is newer', WAIT_MS);
    await expect(served()).rejects.toThrow('no answer in time');
  });
});
