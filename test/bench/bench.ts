/**
 * `npm run bench`: how fast a change gets from a REST call into the kernel, beside the floor that the kernel sets in
 * the same run; with 1, 1,000 and 10,000 services present, or with `--quick` only the first two. Before that, what the
 * agent's one file costs a real server; with `--only agent` nothing else. `--only health` measures health checks alone.
 * This outer half puts the measuring half into namespaces of its own and takes everything down however that ends.
 * It must never touch an interface, a table or a process of the host.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { makeRunDirectory, removeDeadRuns, removeRunDirectory } from '../lab/run-directory.js';

const MEASURE = fileURLToPath(new URL('./measure.js', import.meta.url));
/** A run that hangs must not stay for ever. */
const RUN_LIMIT_MS = 40 * 60_000;

await removeDeadRuns();
const directory = await makeRunDirectory();
try {
  process.exitCode = await runMeasurement(directory, process.argv.slice(2));
} finally {
  await removeRunDirectory(directory);
}

async function runMeasurement(runDirectory: string, options: readonly string[]): Promise<number> {
  const argv = ['--pdeathsig', 'KILL', '--', ...namespaces(), process.execPath, MEASURE, runDirectory];
  const child = spawn('setpriv', [...argv, ...options], { stdio: ['ignore', 'inherit', 'inherit'] });
  // The kernel ends a process namespace with its first process, so nothing that was started in there is left.
  const end = (): void => void child.kill('SIGKILL');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  const clock = setTimeout(end, RUN_LIMIT_MS);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(clock);
  return code ?? 1;
}

/** Only root's own namespaces may raise a netlink socket's buffer, which one load of 10,000 services needs. */
function namespaces(): readonly string[] {
  const kinds = process.geteuid?.() === 0 ? '-nm' : '-Urnm';
  return ['unshare', kinds, '--fork', '--pid', '--kill-child', '--mount-proc', '--'];
}
