/** The folder that is prepared: its files, programs that run in it, and what is said meanwhile. Node alone. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export function filesIn(folder) {
  const path = join(ROOT, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length).split(sep).join('/'))
    .sort();
}

export function modifiedAt(path) {
  return statSync(join(ROOT, path)).mtimeMs;
}

export function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Everything goes to standard error: standard output belongs to the program that comes next. */
export function run(program, args, settings = {}, cwd = ROOT) {
  return spawnSync(program, args, optionsOf(settings, cwd));
}

/** Beside others; resolves to whether it was a success. */
export function runBeside(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, optionsOf({}, ROOT));
    child.once('error', () => resolve(false)).once('exit', (code) => resolve(code === 0));
  });
}

function optionsOf(settings, cwd) {
  return { cwd, env: { ...process.env, ...settings }, stdio: ['ignore', 2, 2] };
}

export function say(words) {
  process.stderr.write(`prepare: ${words}\n`);
}

export function fail(words) {
  process.stderr.write(`prepare: ${words}\n`);
  process.exit(1);
}
