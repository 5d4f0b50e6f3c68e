/**
 * Makes a machine ready for what an npm script is about to do: `prepare-machine.mjs [build] [lab] [test] [browser] [bench]`.
 * npm packages always; `build` also compiles; `lab` also looks for the programs that the kernel tests need,
 * and with `test` or `bench` for what only the tests or the bench need; `browser` looks for the browser of the API tests.
 * It runs before anything is installed, so it uses Node alone. With nothing to do it is silent and quick; it never
 * installs or changes anything outside this folder, but for Debian packages when it is root.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STAMP = join(ROOT, 'dist', '.built.json');
const SOURCE_FOLDERS = ['src', 'migrations', 'test/lab', 'test/bench', 'test/support'];
/** What real servers are given: made of the sources and of what lies here. */
const PACKAGING = 'packaging';
const PACKAGED = 'dist/install/homeward-agent.cjs';
/** Makes one file each of test programs. */
const BUNDLER = 'test/support/bundle-programs.mjs';
const BUNDLED = 'dist/test/bundled';
/** Types of the API for its tests. */
const CLIENT = 'dist/client/schema.d.ts';
const BUILD_STEPS = [
  ['node_modules/@nestjs/cli/bin/nest.js', 'build'],
  ['packaging/build-agent.mjs'],
  [BUNDLER],
  ['test/support/generate-client.mjs'],
];
const BUILD_SETTINGS = [
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'node_modules/.package-lock.json',
];
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

/** What the bench measures the table beside, with the libraries that it needs. */
const PEER_PACKAGES = ['nftlb', 'libev4', 'libjansson4'];
const PEER_FOLDER = '.homeward/nftlb';

const wanted = new Set(process.argv.slice(2));
const underLock = wanted.delete('--locked');
requireNode();
if (underLock || somethingToDo()) prepareFolder();
if (wanted.has('lab') || wanted.has('browser')) prepareLab();
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
function prepareFolder() {
  if (underLock) return installAndBuild();
  mkdirSync(join(ROOT, '.homeward'), { recursive: true });
  const again = [process.execPath, fileURLToPath(import.meta.url), '--locked', ...wanted].filter(
    (word) => word !== 'lab' && word !== 'test' && word !== 'browser' && word !== 'bench',
  );
  const { error, status } = run('flock', ['.homeward/prepare.lock', ...again]);
  if (error?.code === 'ENOENT') return installAndBuild();
  if (status !== 0) process.exit(status ?? 1);
}

function installAndBuild() {
  if (!packagesAreCurrent()) installPackages();
  if (wanted.has('build') && !buildIsCurrent()) build();
}

/**
 * What npm wrote down when node_modules was complete is newer than the lock file, or says the same: a checkout makes
 * the lock file new without changing it.
 */
function packagesAreCurrent() {
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

function installPackages() {
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

function buildIsCurrent() {
  const built = readJson('dist/.built.json');
  return (
    built?.sources === sourcesDigest() && built.settings === settingsDigest() && missingOutputs().length === 0
  );
}

function build() {
  say('compiling ...');
  const [sources, settings] = [sourcesDigest(), settingsDigest()];
  // The compiler's memory of earlier runs knows nothing of these settings, nor of outputs that somebody deleted.
  if (readJson('dist/.built.json')?.settings !== settings || missingOutputs().length > 0) {
    rmSync(join(ROOT, 'dist', '.tsbuildinfo'), { force: true });
  }
  rmSync(STAMP, { force: true });
  removeOrphanedOutputs();
  for (const step of BUILD_STEPS) {
    if (run(process.execPath, step).status !== 0) fail('The build failed.');
  }
  writeFileSync(STAMP, `${JSON.stringify({ sources, settings })}\n`);
}

function sourcesDigest() {
  const lines = [...sourceFiles(), ...shippedPrograms(), ...filesIn(PACKAGING), BUNDLER].map((path) => {
    const { size, mtimeMs } = statSync(join(ROOT, path));
    return `${path} ${size} ${mtimeMs}`;
  });
  return digest(lines.join('\n'));
}

function settingsDigest() {
  return digest(BUILD_SETTINGS.map((path) => readFileSync(join(ROOT, path), 'utf8')).join('\n'));
}

function sourceFiles() {
  return SOURCE_FOLDERS.flatMap((folder) => filesIn(folder)).filter((path) =>
    /(?<!\.spec|\.fake|\.d)\.ts$/.test(path),
  );
}

function missingOutputs() {
  const outputs = sourceFiles().map((path) => join('dist', path.replace(/\.ts$/, '.js')));
  const copies = shippedPrograms().map((path) => join('dist', path));
  return [...outputs, ...copies, PACKAGED, BUNDLED, CLIENT].filter((path) => !existsSync(join(ROOT, path)));
}

/** What the product starts beside itself, copied as it is. */
function shippedPrograms() {
  return filesIn('src').filter((path) => path.endsWith('.pl'));
}

/** Outputs of a source that is gone would still be found by an import, or by a test. */
function removeOrphanedOutputs() {
  const sources = new Set(sourceFiles());
  const outputs = SOURCE_FOLDERS.flatMap((folder) => filesIn(join('dist', folder)));
  for (const path of outputs) {
    const source = path.slice('dist/'.length).replace(/(\.d)?\.(ts|js)(\.map)?$/, '.ts');
    if (!sources.has(source) && !path.endsWith('.pl')) rmSync(join(ROOT, path));
  }
}

function prepareLab() {
  const missing = missingDebianPackages();
  if (missing.length > 0) installDebianPackages(missing);
  if (wanted.has('lab') && process.geteuid() !== 0) requireNamespaces();
}

/** Unpacked and not installed: its package would start it on the machine. The bench says so where it is not there. */
function fetchPeer() {
  const folder = join(ROOT, PEER_FOLDER);
  if (existsSync(folder) || !isInstalled('apt-get')) return;
  say('fetching nftlb, to measure beside it ...');
  const fetched = `${folder}.new`;
  rmSync(fetched, { recursive: true, force: true });
  mkdirSync(fetched, { recursive: true });
  run('apt-get', ['-qq', 'download', ...PEER_PACKAGES], {}, fetched);
  const packages = readdirSync(fetched).filter((name) => name.endsWith('.deb'));
  for (const name of packages) run('dpkg-deb', ['-x', name, '.'], {}, fetched);
  if (packages.length === PEER_PACKAGES.length) renameSync(fetched, folder);
  else say('nftlb could not be fetched.');
}

function missingDebianPackages() {
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

function installDebianPackages(names) {
  const install = ['install', '-y', '--no-install-recommends', ...names];
  if (process.geteuid() !== 0 || !isInstalled('apt-get')) {
    fail(`Programs that this needs are missing. On Debian, run:\n  sudo apt-get ${install.join(' ')}`);
  }
  say(`installing Debian packages: ${names.join(', ')} ...`);
  const settings = { DEBIAN_FRONTEND: 'noninteractive' };
  // One unreachable source among many makes this fail although the rest is there; the install will tell.
  run('apt-get', ['update', '-qq'], settings);
  run('apt-get', ['-qq', '-o', 'Dpkg::Use-Pty=0', ...install], settings);
  const stillMissing = missingDebianPackages();
  if (stillMissing.length > 0) fail(`apt-get did not bring these packages: ${stillMissing.join(', ')}.`);
}

function requireNamespaces() {
  const { status, stderr } = spawnSync('unshare', ['-Urnm', 'true'], { encoding: 'utf8' });
  if (status === 0) return;
  fail(`This user may make no namespaces, which the lab lives in (${stderr.trim()}). One of these allows it:
  sudo sysctl -w user.max_user_namespaces=10000
  sudo sysctl -w kernel.unprivileged_userns_clone=1
  sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`);
}

function isInstalled(program) {
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

function filesIn(folder) {
  const path = join(ROOT, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length).split(sep).join('/'))
    .sort();
}

function modifiedAt(path) {
  return statSync(join(ROOT, path)).mtimeMs;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Everything goes to standard error: standard output belongs to the program that comes next. */
function run(program, args, settings = {}, cwd = ROOT) {
  return spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 2, 2],
  });
}

function digest(text) {
  return createHash('sha256').update(text).digest('hex');
}

function say(words) {
  process.stderr.write(`prepare: ${words}\n`);
}

function fail(words) {
  process.stderr.write(`prepare: ${words}\n`);
  process.exit(1);
}
