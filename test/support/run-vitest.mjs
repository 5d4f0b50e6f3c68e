/**
 * `vitest run` for the projects that are named, or for all. Tests of nodes make network namespaces, which takes root.
 * For an ordinary user they run in user, network and mount namespaces of their own, where they may, with an empty /run,
 * because that is where `ip` keeps the names. The other projects stay outside, so that a DATABASE_URL can be reached.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const INSIDE = 'mount -t tmpfs tmpfs /run && ip link set lo up && exec "$@"';
const NAMESPACES = ['unshare', '-Urnm', '--', 'sh', '-c', INSIDE, 'sh'];
const ALL = ['unit', 'api', 'nodes-in-pairs', 'nodes'];

const named = process.argv.slice(2);
const projects = named.length > 0 ? named : ALL;
const apart = process.geteuid() === 0 ? [] : projects.filter((project) => project.startsWith('nodes'));
const together = projects.filter((project) => !apart.includes(project));

const passed = [passes(together, []), passes(apart, NAMESPACES)];
process.exitCode = passed.includes(false) ? 1 : 0;

function passes(some, prefix) {
  if (some.length === 0) return true;
  const vitest = [process.execPath, 'node_modules/vitest/vitest.mjs', 'run'];
  const [program, ...args] = [...prefix, ...vitest, ...some.flatMap((project) => ['--project', project])];
  // Debian keeps `ip` where the PATH of an ordinary user does not lead.
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  const { status, error } = spawnSync(program, args, { cwd: ROOT, env, stdio: 'inherit' });
  if (error !== undefined) console.error(error.message);
  return status === 0;
}
