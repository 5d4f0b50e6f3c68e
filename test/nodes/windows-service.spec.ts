/**
 * The program that answers to the Windows service manager, compiled as install.ps1 has it compiled, as C# 5, against
 * Mono's ServiceBase. In place of the service manager stands a program that starts it, and stops it when asked. What it
 * runs is Node.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CommandFailed, systemCommands } from '../../src/platform/command-runner.js';
import { untilSo } from '../support/until-so.js';

const SOURCE = 'packaging/install/homeward-service.cs';
const SOON_MS = 10_000;

/** Calls what the service manager has called, in the same process: start at once, stop at the end of its own input. */
const MANAGER = `
using System;
using System.Reflection;
using System.ServiceProcess;
public static class Manager
{
    public static void Main(string[] words)
    {
        BindingFlags own = BindingFlags.Instance | BindingFlags.NonPublic;
        ServiceBase service = (ServiceBase)Activator.CreateInstance(typeof(HomewardService), own, null, new object[] { words }, null);
        typeof(HomewardService).GetMethod("OnStart", own).Invoke(service, new object[] { new string[0] });
        while (Console.In.Read() >= 0) { }
        typeof(HomewardService).GetMethod("OnStop", own).Invoke(service, null);
    }
}`;

let built: string;
let folder: string;
let log: string;
const started: ChildProcess[] = [];

const compile = (sources: readonly string[], program: string, ...options: string[]): Promise<string> =>
  systemCommands.run([
    'mcs',
    '-langversion:5',
    '-warnaserror',
    '-target:exe',
    '-reference:System.ServiceProcess.dll',
    ...options,
    `-out:${program}`,
    ...sources,
  ]);

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'homeward-service-'));
  await compile([SOURCE], join(built, 'homeward-service.exe'));
  const manager = join(built, 'manager.cs');
  await writeFile(manager, MANAGER);
  await compile([SOURCE, manager], join(built, 'manager.exe'), '-main:Manager');
});
afterAll(() => rm(built, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homeward-service-'));
  log = join(folder, 'agent.log');
});
afterEach(async () => {
  for (const host of started.splice(0)) host.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Starts the service; `script` is what Node runs as the agent. */
async function serve(script: string): Promise<ChildProcess> {
  const agent = join(folder, 'an agent.cjs');
  await writeFile(agent, script);
  const words = [log, process.execPath, '--jitless', agent, 'agent', 'run'];
  const host = spawn('mono', [join(built, 'manager.exe'), ...words], { stdio: ['pipe', 'ignore', 'ignore'] });
  started.push(host);
  await once(host, 'spawn');
  return host;
}

const logged = async (): Promise<string> => readFile(log, 'utf8').catch(() => '');
const untilLogged = (words: string) => untilSo(async () => (await logged()).includes(words), words, SOON_MS);

const ANSWERS_TO_ITS_INPUT = `
  console.log(JSON.stringify(process.argv.slice(2)), process.execArgv.join());
  console.error('grüß dich');
  process.stdin.resume().on('end', () => console.log('input ended') ?? process.exit(0));
`;

describe('the Windows service', () => {
  it('runs the program with its words, keeps what it prints, and has it end by itself', async () => {
    const host = await serve(ANSWERS_TO_ITS_INPUT);
    await untilLogged('["agent","run"] --jitless');
    await untilLogged('grüß dich');
    host.stdin?.end();
    await once(host, 'exit');
    expect(await logged()).toContain('input ended');
    expect(await logged()).not.toContain('ended by itself');
  });

  it('has failed when the program ends by itself', async () => {
    const host = await serve(`console.log('no good'); process.exitCode = 7;`);
    await once(host, 'exit');
    expect(host.exitCode).not.toBe(0);
    expect(await logged()).toContain('It ended by itself, with 7.');
  });

  it('keeps one log beside the one that is full', async () => {
    await writeFile(log, 'old');
    await truncate(log, 5_000_000);
    await serve(ANSWERS_TO_ITS_INPUT);
    await untilLogged('["agent","run"]');
    expect((await logged()).length).toBeLessThan(1_000);
    expect((await readFile(`${log}.1`)).length).toBe(5_000_000);
  });

  it('would not compile with a word of C# 6', async () => {
    const text = (await readFile(SOURCE, 'utf8')).replace('"HomewardAgent"', 'nameof(HomewardService)');
    const source = join(folder, 'later.cs');
    await writeFile(source, text);
    await expect(compile([source], join(folder, 'later.exe'))).rejects.toThrow(CommandFailed);
  });
});
