/** The packages of package-lock.json in node_modules: whether they are there, and `npm ci`. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fail, modifiedAt, readJson, ROOT, run, say } from './checkout.mjs';

/**
 * What npm wrote down when node_modules was complete is newer than the lock file, or says the same: a checkout makes
 * the lock file new without changing it.
 */
export function packagesAreCurrent() {
  const [installed, locked] = ['node_modules/.package-lock.json', 'package-lock.json'];
  if (!existsSync(join(ROOT, installed))) return false;
  return modifiedAt(installed) > modifiedAt(locked) || isInstalledAs(readJson(installed), readJson(locked));
}

function isInstalledAs({ packages: installed }, { packages: locked }) {
  const same = ([path, { version, integrity }]) =>
    installed[path]?.version === version && installed[path]?.integrity === integrity;
  // Optional packages for other processors are not installed.
  const fits = ([path, entry]) => same([path, entry]) || (entry.optional && !(path in installed));
  // The entry without a name is this package itself.
  return Object.entries(locked).every(([path, entry]) => path === '' || fits([path, entry]));
}

export function installPackages() {
  say('installing npm packages (npm ci) ...');
  // npm must not run on the node in node_modules, which it is about to replace.
  const path = process.env.PATH.split(delimiter)
    .filter((entry) => !entry.includes('node_modules'))
    .join(delimiter);
  // Else NODE_ENV=production would leave out the compiler.
  const { status } = run('npm', ['ci', '--include=dev', '--include=optional', '--loglevel=error'], {
    PATH: path,
  });
  if (status !== 0) fail('npm ci failed.');
}
