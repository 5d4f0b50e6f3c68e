/**
 * The Windows driver in a process of its own, with a program in place of powershell.exe that keeps a host's state. Both
 * are killed by SIGKILL after single changes; every change is tried within one process in windows-keeper.spec.ts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SCRIPT_NAMES, scriptText } from '../../src/agent/hosts/windows/scripts.js';
import type { VipDocument } from '../../src/contract/documents.js';
import { CommandFailed, systemCommands } from '../../src/platform/command-runner.js';
import type { StandInFile } from '../support/windows/powershell-stand-in.js';
import { parsedScript } from '../support/windows/parsed-script.js';
import { freshFilters, freshWindows } from '../support/windows/windows-state.js';

const VIP: VipDocument = {
  kind: 'vip',
  address: '192.0.2.200',
  services: [{ protocol: 'tcp', port: 443, endPort: 443 }],
};

let folder: string;
let hostFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homeward-windows-'));
  hostFile = join(folder, 'host.json');
  const trees = SCRIPT_NAMES.map((name) => [scriptText(name), parsedScript(scriptText(name))]);
  await writeFile(`${hostFile}.trees`, JSON.stringify(Object.fromEntries(trees)));
  await write({
    state: freshWindows(),
    filters: freshFilters(),
    halfInstalled: false,
    changes: 0,
    offences: [],
    killAfter: null,
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (host: StandInFile) => writeFile(hostFile, JSON.stringify(host));
const read = async () => JSON.parse(await readFile(hostFile, 'utf8')) as StandInFile;

async function runAgent(documents: readonly VipDocument[]): Promise<number | string | null> {
  const script = resolve('dist/test/support/windows/windows-agent.js');
  const args = [script, folder, hostFile, JSON.stringify(documents)];
  const agent = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  await once(agent, 'exit');
  return agent.signalCode ?? agent.exitCode;
}

describe('the C# that installs the loopback adapter', () => {
  const compile = async (text: string): Promise<string> => {
    const file = join(folder, 'device.cs');
    await writeFile(file, text);
    // C# 5 is what PowerShell 4 compiles.
    return systemCommands.run(['mcs', '-langversion:5', '-warnaserror', '-target:library', file]);
  };
  const csharp = /@'\n(.*)\n'@/s.exec(scriptText('install-adapter'))?.[1] ?? '';

  it('compiles as C# 5', async () => {
    expect(csharp).toContain('UpdateDriverForPlugAndPlayDevicesW');
    expect(await compile(csharp)).toBe('');
  });

  it('would not, with a word of C# 6', async () => {
    await expect(compile(csharp.replace('"NET"', 'nameof(set)'))).rejects.toThrow(CommandFailed);
  });
});

describe('the agent on a host that powershell.exe stands for', () => {
  // A setting is made; the VIP is bound.
  it.each([9, 17])('is killed after change %i, and finishes its work at the next start', async (change) => {
    const before = await read();
    await write({ ...before, killAfter: change });
    expect(await runAgent([VIP])).toBe('SIGKILL');
    const killed = await read();
    expect(killed.changes).toBe(change);
    expect(await runAgent([VIP])).toBe(0);
    const held = await read();
    const adapter = held.state.adapters.find(({ name }) => name === 'homeward');
    expect(held.state.addresses.find(({ address }) => address === VIP.address)?.index).toBe(adapter?.index);
    expect(held.state.rules.map(({ name }) => name)).toEqual(['Homeward-192.0.2.200-tcp-443']);
    await write({ ...held, killAfter: held.changes + 1 });
    expect(await runAgent([])).toBe('SIGKILL');
    expect(await runAgent([])).toBe(0);
    const after = await read();
    expect(after.state).toEqual(before.state);
    expect(after.offences).toEqual([]);
  });
});
