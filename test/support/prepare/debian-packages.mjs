/** The programs of the system that the tests, the lab and the bench run: what is missing, and what brings it. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fail, run, say } from './checkout.mjs';

const DEBIAN_PACKAGES = {
  nftables: ['nft'],
  iproute2: ['ip', 'bridge'],
  'util-linux': ['unshare', 'nsenter', 'setpriv'],
  mount: ['mount'],
  'iputils-ping': ['ping'],
  procps: ['sysctl'],
  'perl-base': ['perl'],
  curl: ['curl'],
  // For its checks of units alone; nothing needs it to run.
  systemd: ['systemd-analyze'],
};
/** What reads the scripts for people, and compiles and runs what is for Windows, as their own hosts would. */
const TEST_PACKAGES = {
  shellcheck: ['shellcheck'],
  'mono-mcs': ['mcs'],
  'mono-4.0-service': ['mono-service'],
};
/** What drives /docs as a person would. */
const BROWSER_PACKAGES = { chromium: ['chromium'] };
/** What sends packets fast enough to load a director. */
const BENCH_PACKAGES = { 'netsniff-ng': ['trafgen'] };

/** @param wanted what the machine is prepared for, as `lab`. */
export function prepareDebian(wanted) {
  const missing = missingPackages(wanted);
  if (missing.length === 0) return;
  install(missing);
  const stillMissing = missingPackages(wanted);
  if (stillMissing.length > 0) fail(`apt-get did not bring these packages: ${stillMissing.join(', ')}.`);
}

function missingPackages(wanted) {
  const wantedPackages = {
    ...(wanted.has('lab') && DEBIAN_PACKAGES),
    ...(wanted.has('test') && TEST_PACKAGES),
    ...(wanted.has('browser') && BROWSER_PACKAGES),
    ...(wanted.has('bench') && BENCH_PACKAGES),
  };
  return Object.entries(wantedPackages)
    .filter(([, programs]) => !programs.every(isInstalled))
    .map(([name]) => name);
}

function install(names) {
  const command = ['install', '-y', '--no-install-recommends', ...names];
  if (process.geteuid() !== 0 || !isInstalled('apt-get')) {
    fail(`Programs that this needs are missing. On Debian, run:\n  sudo apt-get ${command.join(' ')}`);
  }
  say(`installing Debian packages: ${names.join(', ')} ...`);
  const settings = { DEBIAN_FRONTEND: 'noninteractive' };
  // One unreachable source among many makes this fail although the rest is there; the install will tell.
  run('apt-get', ['update', '-qq'], settings);
  run('apt-get', ['-qq', '-o', 'Dpkg::Use-Pty=0', ...command], settings);
}

export function requireNamespaces() {
  const { status, stderr } = spawnSync('unshare', ['-Urnm', 'true'], { encoding: 'utf8' });
  if (status === 0) return;
  fail(`This user may make no namespaces, which the lab lives in (${stderr.trim()}). One of these allows it:
  sudo sysctl -w user.max_user_namespaces=10000
  sudo sysctl -w kernel.unprivileged_userns_clone=1
  sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`);
}

export function isInstalled(program) {
  const folders = [...process.env.PATH.split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
