/**
 * The engine's unit: whole to systemd, as little exposed as it can be, and enough for what the engine does. Nothing here
 * runs systemd; what the unit allows is made by hand from its lines.
 */
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemCommands } from '../../src/platform/command-runner.js';
import { ControlPlaneStandIn } from '../support/control-plane-stand-in.js';
import { VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';
import { engineStateDir, METRICS_PORT, openDoor, startEngine } from '../support/engine-process.js';
import { stopProcess } from '../support/namespaces.js';
import {
  exposure,
  placed,
  refusedCalls,
  unprotected,
  values,
  verify,
  without,
} from '../support/systemd-units.js';
import { untilSo } from '../support/until-so.js';

const UNIT = 'packaging/engine/homeward-engine.service';
const MOST_EXPOSURE = 30;
const WAIT_MS = 20_000;
/** Conditions that are well when they are not so. */
const BETTER_NOT: ReadonlySet<string> = new Set(['ServicesInPanic', 'VipsAnsweredElsewhere']);

const text = await readFile(UNIT, 'utf8');

describe('the unit of the engine', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'homeward-units-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('is whole to systemd, and would not be with a setting that it does not know', async () => {
    expect(await verify(await placed(UNIT, directory))).toBe('');
    const strange = await placed(UNIT, directory, (whole) => whole.replace('ProtectHome', 'ProtectHomes'));
    expect(await verify(strange)).toContain('ProtectHomes');
  });

  it('leaves as little open as can be', async () => {
    expect(await exposure(await placed(UNIT, directory))).toBeLessThanOrEqual(MOST_EXPOSURE);
    expect(await exposure(await placed(UNIT, directory, unprotected))).toBeGreaterThan(MOST_EXPOSURE);
  });

  it('lets the engine start programs that end with it, and read flows at the least priority', async () => {
    const calls = ['setpriv --pdeathsig KILL -- true', "perl -e 'setpriority 0, 0, 19 or die $!'"];
    const script = ['sh', '-ec', calls.join('\n')];
    await systemCommands.run([...without(await refusedCalls(text)), ...script]);
    for (const call of ['capset', 'setpriority']) {
      await expect(systemCommands.run([...without([call]), ...script]), call).rejects.toThrow(
        'not permitted',
      );
    }
    expect(await refusedCalls(text)).toEqual(expect.arrayContaining(['bpf', 'mount', 'setuid']));
  });

  it('starts the program that the guide for operators installs', async () => {
    const guide = await readFile('docs/operations.md', 'utf8');
    const [program = '', main = ''] = values(text, 'ExecStart')[0]?.split(' ') ?? [];
    for (const path of [program, main]) {
      expect(existsSync(path.replace('/opt/homeward/', '')), path).toBe(true);
    }
    expect(guide).toContain('/opt/homeward');
    expect(guide).toContain(UNIT);
    expect(values(text, 'EnvironmentFile')).toEqual(['-/etc/homeward/engine.env']);
  });
});

describe('what the unit allows', () => {
  const check = { type: 'tcp', port: 80, intervalMs: 200, timeoutMs: 150, rise: 1, fall: 3 } as const;
  let net: DirectorNetwork;
  let plane: ControlPlaneStandIn;
  let door: Server;
  let engine: ChildProcess;

  beforeAll(async () => {
    net = await DirectorNetwork.create(`hw${process.pid}-eun`);
    await net.serve('tcp', VIP4, 80);
    await net.serve('tcp', VIP6, 80);
    await mkdir(engineStateDir(net));
    plane = await ControlPlaneStandIn.start();
    plane.role = 'director';
    plane.put({
      1: service(1, { servers: entries(1, 4, [1000, 1000]), slots: 8, healthCheck: check }),
      2: service(2, { address: VIP6, servers: entries(2, 6, [1000, 1000]), slots: 8, healthCheck: check }),
    });
    door = await openDoor(net, plane.port);
  });
  afterAll(async () => {
    await plane.close();
    door.close();
    await net.close();
  });
  afterEach(() => stopProcess(engine));

  /** What makes a view of the files as the unit's lines say, and gives up all but capabilities and system calls. */
  async function confined(capabilities: string): Promise<readonly [string, ...string[]]> {
    const readOnly = values(text, 'ReadOnlyPaths').flatMap((line) => line.split(' '));
    const there = readOnly.map((path) => path.replace(/^-/, '')).filter((path) => existsSync(path));
    const kept = capabilities.split(' ').map((name) => name.replace(/^CAP_/, '+').toLowerCase());
    const script = [
      'mount --make-rprivate /',
      `mount --bind ${engineStateDir(net)} ${engineStateDir(net)}`,
      ...there.map((path) => `mount --bind ${path} ${path} && mount -o remount,bind,ro ${path}`),
      'mount -o remount,bind,ro /',
      `exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all,${kept.join()} "$@"`,
    ];
    const calls = await refusedCalls(text);
    return ['unshare', '--mount', 'sh', '-ec', script.join('\n'), 'sh', ...without(calls)];
  }

  /** Conditions of the engine that are not as they should be, by its last report. */
  function amiss(): readonly string[] {
    const said = plane.lastReport?.conditions ?? [];
    const bad = said.filter(({ type, status }) => status === (BETTER_NOT.has(type) ? 'True' : 'False'));
    return bad.map(({ type }) => type).sort();
  }

  it('is enough to forward, announce, check and serve metrics, over IPv4 and IPv6, with all else read-only', async () => {
    const [capabilities = ''] = values(text, 'CapabilityBoundingSet');
    for (const path of ['/etc/homeward-wrote', '/proc/sys/kernel/hostname']) {
      const write = ['sh', '-c', `: >>${path}`];
      await expect(net.director.exec([...(await confined(capabilities)), ...write]), path).rejects.toThrow(
        'ead-only',
      );
    }
    engine = startEngine(net, await confined(capabilities));
    // A report tells those that turned since the one before.
    const told = () => plane.reports.flatMap((report) => (report.role === 'director' ? report.health : []));
    const healthy = () => new Set(told().flatMap((fact) => (fact.healthy === true ? fact.number : []))).size;
    await untilSo(() => healthy() === 4, 'four servers to be found healthy', WAIT_MS);
    expect(amiss()).toEqual([]);
    for (const address of [VIP4, VIP6]) {
      expect(['one', 'two']).toContain(await net.client.visit({ address, port: 80 }));
    }
    const url = `http://127.0.0.1:${METRICS_PORT}/metrics`;
    const metrics = await net.director.exec(['curl', '--silent', '--fail', url]);
    expect(metrics).toContain('homeward_director_services 2\n');
    for (const [key, vip] of Object.entries({ 1: VIP4, 2: VIP6 })) {
      const labels = `{service="${key}",vip="${vip}",protocol="tcp",port="80"}`;
      const valueOf = (name: string) =>
        Number(
          metrics
            .split('\n')
            .find((line) => line.startsWith(`homeward_director_service_${name}${labels} `))
            ?.split(' ')
            .at(-1),
        );
      // A SYN, an ACK, a request and the end.
      expect(valueOf('packets_total')).toBeGreaterThanOrEqual(4);
      expect(valueOf('bytes_total')).toBeGreaterThan(40 * valueOf('packets_total'));
      expect(valueOf('servers')).toBe(2);
    }
  });

  it('is not too much: with fewer capabilities it forwards, and says what it cannot do', async () => {
    engine = startEngine(net, await confined('CAP_NET_ADMIN'));
    const cannot = () => amiss().join() === 'HealthChecksAvailable,VipsAnnounced';
    await untilSo(cannot, 'the engine to say what it cannot do, and nothing else', WAIT_MS);
    expect(['one', 'two']).toContain(await net.client.visit({ address: VIP4, port: 80 }));
  });
});
