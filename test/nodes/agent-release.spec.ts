/** A host does not let go of most of its VIPs because a database is suddenly empty. */
import type { ChildProcess } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AgentLab, vipDocument } from '../support/agent-lab.js';
import { INSTALLED_AGENT } from '../support/installed-agent.js';

const VIPS = ['192.0.2.200', '192.0.2.201', '192.0.2.202', '2001:db8::200'];

let lab: AgentLab;
let agent: ChildProcess;

beforeEach(async () => {
  lab = await AgentLab.open('release');
  await lab.startControlPlane();
  agent = lab.startAgent();
  await lab.putInForce(Object.fromEntries(VIPS.map((vip) => [vip, vipDocument(vip)])));
});
afterEach(() => lab.close());

/** Who was refused twice waits half a minute before it asks again, and at a start not at all. */
async function restart(): Promise<void> {
  await lab.kill(agent);
  lab.reports.length = 0;
  agent = lab.startAgent();
}

const end = (vips: readonly string[]) => Object.fromEntries(vips.map((vip) => [vip, null]));
const bound = async () => (await lab.addresses()).onLoopback.length;
const refusal = () =>
  lab.reports
    .at(-1)
    ?.conditions.find(({ type, status }) => type === 'DocumentsAccepted' && status === 'False');

it('keeps all of them, says so, goes on when an operator has said it, and keeps the last one', async () => {
  await lab.put(end(VIPS.slice(1)), false);
  await lab.until(() => refusal() !== undefined, 'the refusal');
  expect(refusal()).toMatchObject({ reason: 'ReleaseRefused' });
  expect(refusal()?.message).toContain('3 of the 4 VIPs');
  expect(await bound()).toBe(4);
  await lab.put(end(VIPS.slice(1)), true);
  await restart();
  await lab.until(async () => (await bound()) === 1, 'the release');
  await lab.until(() => refusal() === undefined, 'the end of the refusal');
  await lab.put(end(VIPS), false);
  await lab.until(() => refusal() !== undefined, 'the refusal of the last one');
  expect(await bound()).toBe(1);
});

it('lets go of half of them without a word, and of no more in another batch', async () => {
  const version = await lab.put(end(VIPS.slice(2)), false);
  await lab.reported(version);
  expect(await bound()).toBe(2);
  await lab.put(end(VIPS.slice(1)), false);
  await lab.until(() => refusal() !== undefined, 'the refusal');
  expect(refusal()?.message).toContain('3 of the 4 VIPs');
  expect(await bound()).toBe(2);
});

it('goes on holding them over a restart as well', async () => {
  await lab.put(end(VIPS), false);
  await lab.until(() => refusal() !== undefined, 'the refusal');
  await restart();
  await lab.until(() => refusal() !== undefined, 'the refusal after the restart');
  expect(await bound()).toBe(4);
});

it('goes on holding them where the files of what it was handed are lost, until an operator says so there', async () => {
  await lab.kill(agent);
  for (const name of await readdir(lab.stateDir)) {
    if (name.startsWith('held-')) await rm(join(lab.stateDir, name));
  }
  await lab.put(end(VIPS), false);
  lab.reports.length = 0;
  lab.startAgent();
  await lab.until(() => lab.condition('ReleasesApproved')?.status === 'False', 'the refusal');
  expect(await bound()).toBe(4);
  const faults = () => lab.reports.at(-1)?.faults.filter(({ reason }) => reason === 'ReleaseRefused');
  await lab.until(() => faults()?.length === VIPS.length, 'the faults');
  const program = [process.execPath, INSTALLED_AGENT, 'agent', 'approve-release'];
  await lab.realServer.exec(['env', `HOMEWARD_STATE_DIR=${lab.stateDir}`, ...program, ...VIPS]);
  await lab.until(async () => (await bound()) === 0, 'the release');
});
