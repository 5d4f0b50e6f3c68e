/**
 * Stands for powershell.exe where there is no Windows: `powershell-stand-in <state file> <flags> <script>`. It runs the
 * agent's scripts and no other, on the host in the state file. That file may ask for one single change after which this
 * process and the agent are killed.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { ScriptCall } from '../../../src/agent/hosts/windows/powershell.js';
import { SCRIPT_NAMES, scriptText } from '../../../src/agent/hosts/windows/scripts.js';
import type { Tree } from './powershell/tree.js';
import type { Simulation } from './simulated-run.js';
import { SimulatedWindows } from './simulated-windows.js';

export interface StandInFile extends Simulation {
  /** The single change, counted from 1 over the life of the host. */
  killAfter: number | null;
}

const FLAGS = '-NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -Command';

const [path = '', ...flags] = process.argv.slice(2, -1);
const file = JSON.parse(readFileSync(path, 'utf8')) as StandInFile;
const { changes } = file;

try {
  process.stdout.write(answer());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  // Whoever only looks runs beside others, and must not bring back what was there before them.
  if (file.changes > changes) save();
}

function answer(): string {
  const script = SCRIPT_NAMES.find((name) => scriptText(name) === process.argv.at(-1));
  if (script === undefined || flags.join(' ') !== FLAGS) throw new Error('this is no script of the agent');
  const input = readFileSync(0, 'latin1');
  if (!/^[\x20-\x7e]+\n$/.test(input)) throw new Error('the request is not one line of ASCII');
  const call = { script, request: JSON.parse(input) as unknown } as ScriptCall;
  return new SimulatedWindows(file, { before: () => undefined, after: killWhenDue }, treeOf).run(call);
}

function treeOf(text: string): Tree {
  const tree = (JSON.parse(readFileSync(`${path}.trees`, 'utf8')) as Record<string, Tree>)[text];
  if (tree === undefined) throw new Error('nobody has read this script');
  return tree;
}

function killWhenDue(change: number): void {
  if (file.killAfter !== change) return;
  save();
  process.kill(process.ppid, 'SIGKILL');
  process.kill(process.pid, 'SIGKILL');
}

/** Whole or not at all, for whoever reads it meanwhile. */
function save(): void {
  writeFileSync(`${path}.tmp`, JSON.stringify(file));
  renameSync(`${path}.tmp`, path);
}
