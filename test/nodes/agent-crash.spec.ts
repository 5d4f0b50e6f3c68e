/**
 * An agent that is killed at any of its steps leaves a host that answers nobody, at once and after a reboot without a
 * control plane, and the next start finishes the work. Two locks would hide a mistake in the order of one of them; so
 * one of them is always missing, without the agent's knowing. Each control makes one such mistake, and must be heard.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CrashLab,
  hand,
  scrap,
  traces,
  VIPS,
  type Machine,
  type OneLock,
  type Trial,
} from '../support/crash-lab.js';
import { VIP, VIP6 } from '../support/agent-lab.js';
import type { Host } from '../support/namespaces.js';

const LABS = 4;
const HELD = [
  ...VIPS.map((vip) => `${vip} bound`),
  'table arp homeward, table ip6 homeward, 99-zz-homeward-agent.conf, 1 2 1 2',
].join(', ');
/** Whatever makes the wire see another host than before. */
const CHANGE = /^(ip |nft -f|write )/;
const MISTAKE = 'a mistake';

type Work = 'bind' | 'release' | 'boot';

interface Place {
  readonly step: string;
  readonly killAt: number;
}

let labs: CrashLab[];
let machines = 0;
/** A machine that is down and held the VIPs, by what is missing there. */
const down = new Map<OneLock, Machine>();

beforeAll(async () => {
  labs = await Promise.all(Array.from({ length: LABS }, (_, index) => CrashLab.open(`crash${index}`)));
  for (const without of ['settings', 'guard'] as const) down.set(without, await wentDown(anyLab(), without));
});
afterAll(async () => {
  await Promise.all([...down.values()].map(scrap));
  await Promise.all(labs.map((lab) => lab.close()));
});

function anyLab(): CrashLab {
  const [lab] = labs;
  if (lab === undefined) throw new Error('there is no lab');
  return lab;
}

async function wentDown(lab: CrashLab, without: OneLock): Promise<Machine> {
  const { machine, host } = await ready(lab, 'bind', without);
  expect(await lab.agent(host, machine, { without })).toMatchObject({ code: 0 });
  await lab.powerOff(host);
  return machine;
}

/** A machine on which the agent is about to do its work. */
async function ready(lab: CrashLab, work: Work, without: OneLock) {
  const machine = await lab.machine(machines++ & 255, work === 'boot' ? down.get(without) : undefined);
  if (work === 'boot') return { machine, host: await lab.boot(machine, 'no-card') };
  const host = await lab.boot(machine, 'card');
  await hand(machine, 'vips');
  if (work === 'release') {
    expect(await lab.agent(host, machine, { without })).toMatchObject({ code: 0 });
    await hand(machine, 'nothing');
  }
  return { machine, host };
}

const doing = (work: Work, trial: Trial): Trial => ({ ...trial, does: work === 'boot' ? 'boot' : 'run' });

async function stepsOf(work: Work, trial: Trial & { readonly without: OneLock }): Promise<string[]> {
  const lab = anyLab();
  const { machine, host } = await ready(lab, work, trial.without);
  const { output, code } = await lab.agent(host, machine, doing(work, trial));
  expect([code, output]).toEqual([0, expect.stringMatching(/^\[/)]);
  await lab.powerOff(host);
  await scrap(machine);
  return JSON.parse(output) as string[];
}

/** The machine, killed at a step, and its reboot where it ran before. @returns what went wrong, in words. */
async function survives(lab: CrashLab, work: Work, without: OneLock, { step, killAt }: Place) {
  const { machine, host } = await ready(lab, work, without);
  const killed = await lab.agent(host, machine, doing(work, { without, killAt }));
  const wrong = killed.signal === 'SIGKILL' ? [] : [`was not killed: ${killed.output}`];
  if (work === 'boot') {
    wrong.push(...(await comesUp(lab, host, machine, without, HELD)));
  } else {
    await lab.look();
    await lab.powerOff(host);
    // What is on disk is the same, whichever lock is missing.
    const left = work === 'bind' ? HELD : '';
    wrong.push(...(await reboots(lab, machine, without, without === 'settings' ? left : undefined)));
  }
  const claimed = lab.claimed(machine);
  if (claimed.length > 0) wrong.push(`claimed ${claimed.join()}`);
  await scrap(machine);
  return wrong.map((words) => `${work} without ${without}, killed at ${killAt} (${step}): ${words}`);
}

async function reboots(lab: CrashLab, machine: Machine, without: OneLock, left: string | undefined) {
  const host = await lab.boot(machine, 'no-card');
  const booted = await lab.agent(host, machine, { does: 'boot', without });
  const wrong = booted.code === 0 ? [] : [`the boot command ended with ${booted.code}: ${booted.output}`];
  return [...wrong, ...(await comesUp(lab, host, machine, without, left))];
}

/** The network card is there, and then an agent that is whole again. `left`: what that leaves; undefined: none runs. */
async function comesUp(
  lab: CrashLab,
  host: Host,
  machine: Machine,
  without: OneLock,
  left: string | undefined,
) {
  await lab.plugIn(host, machine);
  if (without === 'settings') await lab.loudAsBound(host);
  await lab.look();
  const wrong: string[] = [];
  if (left !== undefined) {
    await lab.quiet(host);
    const finished = await lab.agent(host, machine);
    if (finished.code !== 0) wrong.push(`the next start failed: ${finished.output}`);
    const found = await traces(host, machine);
    if (found !== left) wrong.push(`the next start left: ${found}`);
  }
  await lab.powerOff(host);
  return wrong;
}

/**
 * To be killed at a step is to be killed after the one before. To be killed at a read is to be killed before the next
 * write, or after the last one.
 */
function places(steps: readonly string[], which: 'all' | 'changes'): Place[] {
  const all = steps.map((step, index) => ({ step, killAt: index + 1 }));
  return all.filter(({ step, killAt }) => {
    if (which === 'changes') return CHANGE.test(steps[killAt - 2] ?? '') || step.startsWith('half of ');
    return !step.startsWith('read:') || killAt === steps.length;
  });
}

/** Each lab takes the next one as soon as it is free. */
async function each<T>(items: readonly T[], task: (lab: CrashLab, item: T) => Promise<string[]>) {
  const results: string[] = [];
  const queue = [...items];
  const work = async (lab: CrashLab): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift())
      results.push(...(await task(lab, item)));
  };
  await Promise.all(labs.map(work));
  return results;
}

describe('an agent that is killed', () => {
  it.each([
    ['all', 'bind', 'settings', 15],
    ['changes', 'bind', 'guard', 5],
    ['all', 'release', 'settings', 10],
    ['changes', 'release', 'guard', 5],
    ['changes', 'boot', 'settings', 2],
    ['changes', 'boot', 'guard', 5],
  ] as const)(
    'at %s of a %s without %s stays silent, and so after a reboot',
    async (which, work, without, least) => {
      const kills = places(await stepsOf(work, { without }), which);
      expect(kills.length).toBeGreaterThanOrEqual(least);
      const before = labs.map(({ questions }) => questions);
      expect(await each(kills, (lab, place) => survives(lab, work, without, place))).toEqual([]);
      const asked = labs.map(({ questions }, index) => questions - (before[index] ?? 0));
      expect(Math.max(...asked)).toBeGreaterThan(20);
    },
  );
});

describe('the same watch hears', () => {
  it.each([
    ['bind', 'settings', 'vip-before-guard', [VIP, VIP6]],
    ['bind', 'guard', 'vip-before-settings', [VIP]],
    ['release', 'settings', 'guard-first-off', [VIP, VIP6]],
    ['release', 'guard', 'settings-first-off', [VIP]],
    ['boot', 'settings', 'vip-before-guard', [VIP, VIP6]],
    ['boot', 'guard', 'vip-before-settings', [VIP]],
  ] as const)('of a %s without %s the mistake %s', async (work, without, order, heard) => {
    const lab = anyLab();
    const killAt = (await stepsOf(work, { without, order })).indexOf(MISTAKE) + 1;
    expect(killAt).toBeGreaterThan(0);
    const { machine, host } = await ready(lab, work, without);
    const trial = doing(work, { without, order, killAt });
    expect(await lab.agent(host, machine, trial)).toMatchObject({ signal: 'SIGKILL' });
    if (work === 'boot') {
      await lab.plugIn(host, machine);
      if (without === 'settings') await lab.loudAsBound(host);
    }
    await lab.look();
    expect(lab.claimed(machine)).toEqual(heard);
    await lab.powerOff(host);
    await scrap(machine);
  });
});
