/**
 * An agent that is killed at any of its steps leaves a host that answers nobody, at once and after a reboot without a
 * control plane, and the next start finishes the work. The control binds the VIPs first, and must be seen.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrashLab, hand, scrap, traces, VIPS, type Machine } from '../support/crash-lab.js';

const LABS = 4;
const HELD = [
  ...VIPS.map((vip) => `${vip} bound`),
  'table arp homeward, table ip6 homeward, 99-zz-homeward-agent.conf, 1 2 1 2',
].join(', ');

interface Place {
  readonly step: string;
  readonly killAt: number;
}

type Work = 'bind' | 'release';

let labs: CrashLab[];
let machines = 0;

beforeAll(async () => {
  labs = await Promise.all(Array.from({ length: LABS }, (_, index) => CrashLab.open(`crash${index}`)));
});
afterAll(() => Promise.all(labs.map((lab) => lab.close())));

/** A machine on which the agent is about to do its work. */
async function ready(lab: CrashLab, work: Work) {
  const machine = await lab.machine(machines++ & 255);
  const host = await lab.boot(machine, 'card');
  await hand(machine, 'vips');
  if (work === 'release') {
    expect(await lab.agent(host, machine)).toMatchObject({ code: 0 });
    await hand(machine, 'nothing');
  }
  return { machine, host };
}

async function stepsOf(lab: CrashLab, work: Work): Promise<string[]> {
  const { machine, host } = await ready(lab, work);
  const { output } = await lab.agent(host, machine);
  await lab.powerOff(host);
  await scrap(machine);
  return JSON.parse(output) as string[];
}

/** @returns what went wrong, in words. */
async function survives(lab: CrashLab, work: Work, step: string, killAt: number): Promise<string[]> {
  const { machine, host } = await ready(lab, work);
  const killed = await lab.agent(host, machine, killAt);
  await lab.look();
  await lab.powerOff(host);
  const wrong = killed.signal === 'SIGKILL' ? [] : [`was not killed: ${killed.output}`];
  wrong.push(...(await survivesReboot(lab, work, machine)));
  if (lab.claimed(machine)) wrong.push('claimed a VIP');
  await scrap(machine);
  return wrong.map((words) => `${work}, killed at ${killAt} (${step}): ${words}`);
}

async function survivesReboot(lab: CrashLab, work: Work, machine: Machine): Promise<string[]> {
  const host = await lab.boot(machine, 'no-card');
  const booted = await lab.bootCommand(host, machine);
  await lab.plugIn(host, machine);
  await lab.look();
  const finished = await lab.agent(host, machine);
  const left = await traces(host, machine);
  await lab.powerOff(host);
  return [
    ...(booted.code === 0 ? [] : [`the boot command ended with ${booted.code}: ${booted.output}`]),
    ...(finished.code === 0 ? [] : [`the next start failed: ${finished.output}`]),
    ...(left === (work === 'bind' ? HELD : '') ? [] : [`the next start left: ${left}`]),
  ];
}

/** To be killed at a read is to be killed before the next write, or after the last one. */
function isAPlace({ step, killAt }: Place, _: number, { length }: readonly Place[]): boolean {
  return !step.startsWith('read:') || killAt === length;
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

describe('an agent that is killed at every write and every command', () => {
  it.each(['bind', 'release'] as const)('of a %s stays silent, now and after a reboot', async (work) => {
    const [lab] = labs;
    if (lab === undefined) throw new Error('there is no lab');
    const steps = await stepsOf(lab, work);
    const places = steps.map((step, index) => ({ step, killAt: index + 1 })).filter(isAPlace);
    expect(places.length).toBeGreaterThan(15);
    const before = labs.map(({ questions }) => questions);
    expect(await each(places, (own, { step, killAt }) => survives(own, work, step, killAt))).toEqual([]);
    for (const [index, { questions }] of labs.entries())
      expect(questions).toBeGreaterThan((before[index] ?? 0) + 50);
  });

  it('is heard by the same watch when it binds the VIPs first', async () => {
    const [lab] = labs;
    if (lab === undefined) throw new Error('there is no lab');
    const steps = await stepsOf(lab, 'bind');
    const settings = steps.findIndex((step) => step.startsWith('rename 99-'));
    const { machine, host } = await ready(lab, 'bind');
    // By then the two steps of a batch are behind it.
    expect(await lab.agent(host, machine, settings + 3, 'vip-first')).toMatchObject({ signal: 'SIGKILL' });
    await lab.look();
    expect(lab.claimed(machine)).toBe(true);
    await lab.powerOff(host);
    await scrap(machine);
  });

  it('is heard by the same watch when the VIPs are there before the boot command', async () => {
    const [, lab] = labs;
    if (lab === undefined) throw new Error('there is no lab');
    const machine = await lab.machine(machines++ & 255);
    const host = await lab.boot(machine, 'no-card');
    for (const vip of VIPS) await host.exec(['ip', 'address', 'add', vip, 'dev', 'lo']);
    await lab.plugIn(host, machine);
    await lab.look();
    expect(lab.claimed(machine)).toBe(true);
    await lab.powerOff(host);
    await scrap(machine);
  });
});
