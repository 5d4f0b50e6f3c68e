/**
 * `systemctl` for a root in which no systemd runs: it reads the units as they are installed and runs their ExecStart
 * as it is written, with the environment and the directories that they ask for. It restarts nothing by itself and
 * puts no unit into a sandbox. What it knows of running units is in /run.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const UNITS = '/etc/systemd/system';
const STATE = '/run/systemctl-stand-in';
const STOP_LIMIT_MS = 5_000;

mkdirSync(STATE, { recursive: true });
const words = process.argv.slice(2);
const now = words.includes('--now');
const [verb = '', ...units] = words.filter((word) => !word.startsWith('-'));
const verbs = {
  'daemon-reload': () => undefined,
  'reset-failed': () => undefined,
  enable: (unit) => void (link(unit), now && start(unit)),
  disable: (unit) => void (unlink(unit), now && stop(unit)),
  start,
  stop,
  restart: (unit) => void (stop(unit), start(unit)),
  status: (unit) => console.log(`${unit}: ${isActive(unit) ? 'active' : 'inactive'}\n${logOf(unit)}`),
  'is-active': (unit) => {
    if (!isActive(unit)) process.exitCode = 3;
  },
  show: (unit) => console.log(isActive(unit) ? pidOf(unit) : 0),
};
const act = verbs[verb];
if (act === undefined) throw new Error(`the stand-in for systemctl knows no ${verb}`);
if (units.length === 0) act();
for (const unit of units) act(unit);

/** What a unit says, with every value of a key. */
function read(unit) {
  const path = join(UNITS, unit);
  if (!existsSync(path)) fail(`Unit ${unit} not found.`);
  const values = {};
  for (const line of readFileSync(path, 'utf8').replaceAll('\\\n', ' ').split('\n')) {
    const [, key, value] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
    if (key !== undefined) (values[key] ??= []).push(value);
  }
  return values;
}

function link(unit) {
  for (const target of (read(unit).WantedBy ?? []).flatMap((value) => value.split(' '))) {
    const folder = join(UNITS, `${target}.wants`);
    mkdirSync(folder, { recursive: true });
    rmSync(join(folder, unit), { force: true });
    symlinkSync(join(UNITS, unit), join(folder, unit));
  }
}

function unlink(unit) {
  for (const folder of readdirSync(UNITS).filter((name) => name.endsWith('.wants'))) {
    rmSync(join(UNITS, folder, unit), { force: true });
    if (readdirSync(join(UNITS, folder)).length === 0) rmSync(join(UNITS, folder), { recursive: true });
  }
}

function start(unit) {
  if (isActive(unit)) return;
  const values = read(unit);
  const { Type: [type] = ['simple'] } = values;
  directories(values);
  const [program, ...args] = values.ExecStart[0].split(/\s+/);
  const log = openSync(join(STATE, `${unit}.log`), 'a');
  const options = { env: environment(values), stdio: ['ignore', log, log], cwd: '/' };
  if (type !== 'oneshot') {
    const child = spawn(program, args, { ...options, detached: true });
    child.on('error', (error) => fail(error.message));
    writeFileSync(join(STATE, unit), String(child.pid));
    child.unref();
  } else if (spawnSync(program, args, options).status !== 0) fail(`${unit} failed.\n${logOf(unit)}`);
}

function directories({ StateDirectory: [state] = [], RuntimeDirectory: [runtime] = [] }) {
  if (state !== undefined) mkdirSync(join('/var/lib', state), { recursive: true, mode: 0o700 });
  if (runtime !== undefined) mkdirSync(join('/run', runtime), { recursive: true, mode: 0o755 });
}

function environment({ Environment = [], EnvironmentFile = [] }) {
  const files = EnvironmentFile.flatMap((name) => {
    const path = name.replace(/^-/, '');
    return name.startsWith('-') && !existsSync(path) ? [] : readFileSync(path, 'utf8').split('\n');
  });
  const lines = [...Environment.flatMap((text) => text.split(' ')), ...files].filter((line) =>
    line.includes('='),
  );
  const pairs = lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...Object.fromEntries(pairs),
  };
}

function stop(unit) {
  const pid = pidOf(unit);
  if (pid !== 0 && isRunning(pid)) {
    process.kill(pid, 'SIGTERM');
    const until = Date.now() + STOP_LIMIT_MS;
    while (isRunning(pid) && Date.now() < until)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  }
  rmSync(join(STATE, unit), { force: true });
}

function isActive(unit) {
  return isRunning(pidOf(unit));
}

function pidOf(unit) {
  const path = join(STATE, unit);
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
}

/** A process that ended and that nobody has waited for runs no more. */
function isRunning(pid) {
  if (pid === 0 || !existsSync(`/proc/${pid}/stat`)) return false;
  return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

function logOf(unit) {
  const path = join(STATE, `${unit}.log`);
  return existsSync(path) ? readFileSync(path, 'utf8').slice(-2_000) : '';
}

function fail(problem) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
