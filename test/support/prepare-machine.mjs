/**
 * Makes a machine ready for what an npm script is about to do: `prepare-machine.mjs [build] [lab] [test] [browser] [bench]`.
 * npm packages always; `build` also compiles; `lab` also looks for the programs that the kernel tests need,
 * and with `test` or `bench` for what only the tests or the bench need; `browser` looks for the browser of the API tests.
 * It runs before anything is installed, so it uses Node alone. With nothing to do it is silent and quick; it never
 * installs or changes anything outside this folder, but for Debian packages when it is root.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchPeer } from './prepare/bench-peer.mjs';
import { fail, ROOT, run } from './prepare/checkout.mjs';
import { build, buildIsCurrent } from './prepare/compiled-outputs.mjs';
import { prepareDebian, requireNamespaces } from './prepare/debian-packages.mjs';
import { installPackages, packagesAreCurrent } from './prepare/npm-packages.mjs';

const wanted = new Set(process.argv.slice(2));
const underLock = wanted.delete('--locked');
requireNode();
if (underLock || somethingToDo()) await prepareFolder();
if (wanted.has('lab') || wanted.has('browser')) prepareDebian(wanted);
if (wanted.has('lab') && process.geteuid() !== 0) requireNamespaces();
if (wanted.has('bench')) fetchPeer();

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const recent = major > 20 || (major === 20 && minor >= 19);
  if (!recent) fail(`Node 20.19 or newer is needed; this is ${process.version}.`);
}

function somethingToDo() {
  return !packagesAreCurrent() || (wanted.has('build') && !buildIsCurrent());
}

/** Two scripts started at once take turns: the kernel holds the lock and lets go of it however its holder ends. */
async function prepareFolder() {
  if (underLock) return installAndBuild();
  mkdirSync(join(ROOT, '.homeward'), { recursive: true });
  const again = [process.execPath, fileURLToPath(import.meta.url), '--locked', ...wanted].filter(
    (word) => word !== 'lab' && word !== 'test' && word !== 'browser' && word !== 'bench',
  );
  const { error, status } = run('flock', ['.homeward/prepare.lock', ...again]);
  if (error?.code === 'ENOENT') return installAndBuild();
  if (status !== 0) process.exit(status ?? 1);
}

async function installAndBuild() {
  if (!packagesAreCurrent()) installPackages();
  if (wanted.has('build') && !buildIsCurrent()) await build();
}
