/** The one file that real servers are given: what is in it, and what it costs a host to run it. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgentLab, vipDocument, VIP } from '../support/agent-lab.js';
import { unitFlags } from '../support/unit-flags.js';

const FILE = 'dist/install/homeward-agent.cjs';
const MIB = 1024 * 1024;
/** What a build runs, beside the packages that get into the file. */
const BUILDING = ['esbuild', '@esbuild', 'ajv', 'fast-deep-equal', 'fast-uri', 'json-schema-traverse'];
const run = promisify(execFile);

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'homeward-agent-file-'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('the agent as one file', () => {
  it('is small, and holds nothing of the other roles', async () => {
    const { size } = await stat(FILE);
    expect(size).toBeLessThan(2 * MIB);
    const text = await readFile(FILE, 'utf8');
    for (const foreign of [
      '@nestjs',
      'typeorm',
      'nftables-driver',
      'CREATE TABLE',
      'fetch(',
      'new Function',
    ]) {
      expect(text).not.toContain(foreign);
    }
  });

  it('runs where there is nothing but Node, and tells its version', async () => {
    const alone = join(root, 'alone.cjs');
    await cp(FILE, alone);
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    const { stdout } = await run(process.execPath, [alone, '--version'], { cwd: root, env: {} });
    expect(stdout.trim()).toBe(version);
    await expect(run(process.execPath, [alone, 'agent'], { cwd: root, env: {} })).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('HOMEWARD_API_URL must be set'),
    });
  });

  it('comes out the same, byte by byte, when the same sources are built elsewhere, and is whole all the while', async () => {
    const elsewhere = join(root, 'elsewhere');
    await copySources(elsewhere);
    const build = () => run(process.execPath, ['packaging/build-agent.mjs'], { cwd: elsewhere });
    await build();
    const built = await readFile(join(elsewhere, FILE));
    expect(built).toEqual(await readFile(FILE));
    // Another build: whoever reads meanwhile reads whole files.
    let over = false;
    const again = build().finally(() => (over = true));
    while (!over) expect(built.equals(await readFile(join(elsewhere, FILE)))).toBe(true);
    await again;
  });

  it('idles in less than 60 MiB', async () => {
    const lab = await AgentLab.open('file');
    try {
      await lab.startControlPlane();
      const agent = lab.startAgent(FILE, { NODE_OPTIONS: await unitFlags() });
      await lab.putInForce({ [VIP]: vipDocument(VIP) });
      // A garbage collection comes when it likes, and an agent is idle for days.
      await sleep(1_000);
      expect(await residentBytes(agent.pid ?? 0)).toBeLessThan(60 * MIB);
    } finally {
      await lab.close();
    }
  });
});

/** What a build reads: the sources, and of the packages those that are in the file, and the bundler. */
async function copySources(to: string): Promise<void> {
  const notices = await readFile('dist/install/NOTICES.txt', 'utf8');
  const bundled = notices.split('\n').filter((line) => /^[@a-z][\w@./-]*$/.test(line));
  const packages = [...bundled, ...BUILDING].map((name) => join('node_modules', name));
  for (const path of ['src', 'packaging', 'package.json', 'tsconfig.json', ...packages]) {
    await cp(resolve(path), join(to, path), { recursive: true });
  }
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
