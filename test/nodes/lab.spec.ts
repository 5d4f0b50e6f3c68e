/**
 * The lab as a user runs it: the whole of Homeward on real kernels, from the REST call to the frames on the wire.
 * Each of its proofs has a control, in which what it proves is broken on purpose and the lab must say so.
 * It runs the compiled lab, so `npm run build` comes first.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Findings } from '../lab/findings.js';
import { untilSo } from '../support/until-so.js';

/** Less than vitest gives a test. */
const LIMIT_MS = 100_000;
const LAB = resolve('dist/test/lab/lab.js');
/** Without any privilege, whoever runs the tests; files stay readable as they were. */
const UNPRIVILEGED = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'];

let temporary: string;
const runs: ChildProcess[] = [];

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'hw-lab-spec-'));
});

afterEach(async () => {
  for (const child of runs.splice(0)) await ended(child, () => child.kill('SIGKILL'));
  await untilNobodyUses(temporary);
  await rm(temporary, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  /** All that it printed so far. */
  readonly said: () => string;
}

function start(args: readonly string[], prefix: readonly string[] = []): Run {
  const [program = '', ...rest] = [...prefix, process.execPath, LAB, ...args];
  const env = { ...process.env, TMPDIR: temporary, PORT: '0', NO_COLOR: '1' };
  const child = spawn(program, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  runs.push(child);
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (words += text));
  }
  return { child, said: () => words };
}

/** Exit code and findings of a run that ends by itself. */
async function finished({ child, said }: Run): Promise<{ code: number | null; findings: Findings }> {
  await ended(child);
  const lastLine = said().trimEnd().split('\n').at(-1) ?? '';
  expect(lastLine, said()).toMatch(/^\{.*\}$/);
  return { code: child.exitCode, findings: JSON.parse(lastLine) as Findings };
}

async function ended(child: ChildProcess, act: () => unknown = () => undefined): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  act();
  await closed;
}

async function untilSaid(run: Run, words: string): Promise<void> {
  const said = (): boolean => {
    if (run.child.exitCode !== null) throw new Error(run.said());
    return run.said().includes(words);
  };
  await untilSo(said, `the lab to say "${words}"`, LIMIT_MS);
}

async function untilNobodyUses(directory: string): Promise<void> {
  const unused = async () => !(await commandLines()).some((line) => line.includes(directory));
  await untilSo(unused, `the processes in ${directory} to end`, LIMIT_MS);
}

async function commandLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
}

describe('npm run lab -- --once', () => {
  it('needs no privilege, finds everything as promised, and leaves nothing behind', async () => {
    const { code, findings } = await finished(start(['--once'], UNPRIVILEGED));
    expect(findings.failed).toBeUndefined();
    expect(code).toBe(0);
    expect(findings).toMatchObject({
      directReturn: true,
      replyBytesOnDirector: 0,
      arpSilent: true,
      ipv4: true,
      ipv6: true,
      drainedDownloadWhole: true,
      newConnectionsAfterDrain: { toDrained: 0 },
      restored: true,
    });
    expect(findings.replyBytesOnRouter).toBeGreaterThan(2 * 16 * 1_048_576);
    expect(await readdir(temporary)).toEqual([]);
  });

  it.each([
    ['replies pass the director', 'return-through-director', 'step 3: ', 'directReturn'],
    ['a real server answers ARP for the VIP', 'answer-arp', 'step 3: ', 'arpSilent'],
    ['a drain breaks a download', 'drop-at-once', 'step 4: ', 'drainedDownloadWhole'],
    ['a VIP stays behind', 'leave-vip', 'step 5: ', 'restored'],
  ] as const)('fails when %s', async (_, control, step, finding) => {
    const { code, findings } = await finished(start(['--once', '--control', control]));
    expect(code).toBe(1);
    expect(findings.failed).toContain(step);
    expect(findings[finding]).toBe(false);
  });

  it('refuses what it does not know', async () => {
    const run = start(['--twice']);
    await ended(run.child);
    expect(run.child.exitCode).toBe(2);
    expect(run.said()).toContain('--twice');
  });
});

describe('npm run lab -- --once --endure', () => {
  it('hears nobody but the director claim a VIP, whatever happens to the real servers', async () => {
    const { code, findings } = await finished(start(['--once', '--endure']));
    expect(findings.failed).toBeUndefined();
    expect(code).toBe(0);
    expect(findings).toMatchObject({ restored: true, endured: { agentKills: 50, foreignClaimants: [] } });
    expect(findings.endured?.questions).toBeGreaterThan(200);
    expect(findings.endured?.requests).toBeGreaterThan(500);
  });

  it('fails when a machine comes back with its VIPs before it is silent', async () => {
    const { code, findings } = await finished(start(['--once', '--endure', '--control', 'boot-by-hand']));
    expect(code).toBe(1);
    expect(findings.failed).toContain('claimed by two');
    expect(findings.endured?.foreignClaimants).toContain('02:00:5e:00:00:bc');
  });
});

describe('npm run lab', () => {
  it('stays up behind a door to Swagger, also after a run that was killed, until it is told to end', async () => {
    const killed = start([]);
    await untilSaid(killed, '2  Look');
    await ended(killed.child, () => killed.child.kill('SIGKILL'));
    await untilNobodyUses(temporary);
    const run = start([]);
    await untilSaid(run, 'curl');
    expect(await readdir(temporary)).toHaveLength(1);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(run.said())?.[0] ?? '';
    const token = /Token +(\S+)/.exec(run.said())?.[1] ?? '';
    const docs = await fetch(`${url}/docs/`);
    expect(await docs.text()).toContain('swagger');
    const listed = await fetch(`${url}/v1/virtual-services`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await listed.json()).toMatchObject({ items: [{ status: { provisioning: 'in-sync' } }, {}] });
    await ended(run.child, () => run.child.kill('SIGINT'));
    expect(run.child.exitCode).toBe(0);
    expect(await readdir(temporary)).toEqual([]);
  });
});
