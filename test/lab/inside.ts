/**
 * The inner half of the lab: alone in its namespaces, it builds the network, runs the steps, and takes all down again.
 * It tells the outer half what it found, also when a step failed; it never outlives the outer half.
 */
import { systemCommands } from '../../src/platform/command-runner.js';
import { noFindings, type Findings } from './findings.js';
import { progress, seconds } from './progress.js';
import { Roles } from './roles.js';
import type { RunningLab, Step } from './running-lab.js';
import {
  SETTINGS_VARIABLE,
  type FromInside,
  type InsideSettings,
  type ToInside,
} from './sandbox-messages.js';
import { setUp } from './set-up.js';
import { createServices } from './steps/create-services.js';
import { deleteServices } from './steps/delete-services.js';
import { endure } from './steps/endure.js';
import { judgeWholeRun } from './steps/judge-whole-run.js';
import { drainRealServer } from './steps/drain-real-server.js';
import { proveDirectReturn } from './steps/prove-direct-return.js';
import { showFrames } from './steps/show-frames.js';
import { surviveFailedService } from './steps/survive-failed-service.js';

const settings = JSON.parse(process.env[SETTINGS_VARIABLE] ?? '{}') as InsideSettings;
const STEPS: readonly Step[] = [
  createServices,
  showFrames,
  proveDirectReturn,
  surviveFailedService,
  ...(settings.endure ? [endure] : []),
  drainRealServer,
  deleteServices,
  ...(settings.endure ? [judgeWholeRun] : []),
];
const stopOrder = new Promise<void>((resolve) => {
  process.on('message', (order: ToInside) => order.kind === 'stop' && resolve());
});
process.on('disconnect', () => process.exit(1));
await main();

async function main(): Promise<void> {
  tell({ kind: 'inside' });
  const began = performance.now();
  await systemCommands.run(['mount', '-t', 'tmpfs', 'tmpfs', '/run']);
  const roles = await Roles.in(`${settings.directory}/logs`);
  const findings = await runSteps(roles);
  await roles.stopAll();
  findings.totalMs = Math.round(performance.now() - began);
  progress.title(`Taken down after ${seconds(began)}`);
  process.send?.({ kind: 'done', findings } satisfies FromInside, () => process.exit(0));
}

async function runSteps(roles: Roles): Promise<Findings> {
  const findings = noFindings();
  let at = 'set-up';
  const work = async (): Promise<void> => {
    progress.title('Homeward lab: a network in namespaces of its own; nothing outside of them is touched');
    const lab = await setUp(roles, settings, findings);
    for (const [index, step] of STEPS.entries()) {
      at = `step ${index + 1}`;
      progress.step(index + 1, step.title);
      await step.run(lab);
    }
    at = 'afterwards';
    if (!settings.once) await stayUp(lab);
  };
  try {
    await Promise.race([work(), roles.collapse, interrupted(() => at !== 'afterwards')]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    findings.failed = `${at}: ${reason}`;
    progress.failed(reason);
    progress.plain(await roles.tails());
  }
  return findings;
}

/** Resolves when the user wants an end; rejects when that is in the midst of the steps. */
async function interrupted(inTheMidst: () => boolean): Promise<void> {
  await stopOrder;
  if (inTheMidst()) throw new Error('stopped by the user');
}

/** With the services made again, so that there is something to look at. */
async function stayUp(lab: RunningLab): Promise<void> {
  progress.step(STEPS.length + 1, 'Stay up, with the services made again');
  await createServices.run(lab);
  tell({ kind: 'up' });
  await stopOrder;
}

function tell(message: FromInside): void {
  process.send?.(message);
}
