/**
 * `npm run lab`: the whole of Homeward in one machine, step by step, without root and without touching the host.
 * This outer half belongs to the user: it starts the inner one in namespaces, opens the door to Swagger, and always
 * takes everything down. `--once` ends by itself; its last line is JSON, and its exit code says whether all was well.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openDoor, type Door } from './door.js';
import { noFindings, type Findings } from './findings.js';
import { OptionsUnusable, readOptions, type LabOptions } from './options.js';
import { progress } from './progress.js';
import { makeRunDirectory, removeDeadRuns, removeRunDirectory } from './run-directory.js';
import { Sandbox } from './sandbox.js';

const EXIT_FAILED = 1;
const EXIT_BAD_OPTIONS = 2;

await removeDeadRuns();
process.exit(await run(optionsOrDie()));

async function run(options: LabOptions): Promise<number> {
  const directory = await makeRunDirectory();
  const socketPath = join(directory, 'api.sock');
  const token = randomBytes(24).toString('base64url');
  const sandbox = Sandbox.start({ ...options, directory, socketPath, token });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => sandbox.stop());
  let door: Door | undefined;
  void sandbox.up.then(async () => {
    door = await openDoor(socketPath).catch((error: Error) => giveUp(sandbox, error));
    if (door !== undefined) welcome(door, token);
  });
  const findings = (await sandbox.ended) ?? { ...noFindings(), failed: 'the lab was killed' };
  door?.close();
  await tidyUp(directory, findings);
  if (options.once) process.stdout.write(`${JSON.stringify(findings)}\n`);
  return findings.failed === undefined ? 0 : EXIT_FAILED;
}

function giveUp(sandbox: Sandbox, error: Error): undefined {
  progress.failed(`no door to the API: ${error.message}`);
  sandbox.stop();
}

function welcome(door: Door, token: string): void {
  progress.title('The lab stays up; Ctrl-C takes everything down');
  progress.plain([
    `Swagger   ${door.url}/docs`,
    `Token     ${token}`,
    '          made for this run; paste it after "Authorize" in Swagger, or send it as a bearer token:',
    `          curl -H 'Authorization: Bearer ${token}' ${door.url}/v1/virtual-services`,
  ]);
}

/** The logs of a run that failed are kept; the next run removes them. */
async function tidyUp(directory: string, { failed }: Findings): Promise<void> {
  if (failed === undefined) return removeRunDirectory(directory);
  progress.plain([
    '',
    `Failed: ${failed}`,
    `Logs are kept in ${join(directory, 'logs')} until the next run.`,
  ]);
}

function optionsOrDie(): LabOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof OptionsUnusable)) throw error;
    process.stderr.write(`${error.message}\nnpm run lab [-- [--once] [--endure]]\n`);
    process.exit(EXIT_BAD_OPTIONS);
  }
}
