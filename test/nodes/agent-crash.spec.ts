/**
 * An agent that is killed between any two steps leaves a host that answers nobody, and the next start finishes the work.
 */
import type { VipDocument } from '../../src/contract/documents.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentLab, vipDocument, VIP, type ArpWatch } from '../support/agent-lab.js';

const CRASHING = 'dist/test/support/crashing-agent.js';
/** The watch asks for the first of them. */
const VIPS = [VIP, '192.0.2.201', '192.0.2.202', '192.0.2.203'];
const A_LOOK_MS = 150;

let lab: AgentLab;
let watch: ArpWatch;

beforeEach(async () => {
  lab = await AgentLab.open('crash');
  await lab.realServer.sysctl('net.ipv4.conf.default.arp_ignore', 2);
  await lab.startControlPlane();
  watch = await lab.watchArp();
});

afterEach(() => lab.close());

/** Documents for all of the VIPs, or their end. */
function documents(body: typeof vipDocument | null = vipDocument): Record<string, VipDocument | null> {
  return Object.fromEntries(VIPS.map((vip) => [vip, body === null ? null : body(vip)]));
}

const look = () => new Promise((resolve) => setTimeout(resolve, A_LOOK_MS));

async function crash(place: string): Promise<void> {
  const agent = lab.startAgent(CRASHING, { HOMEWARD_TEST_CRASH: place });
  await lab.untilEnded(agent);
  expect(agent.signalCode).toBe('SIGKILL');
  await look();
}

describe('an agent that is killed', () => {
  it.each([
    'ledger rename',
    'ledger line 1',
    'before settings',
    ...[1, 2, 3].map((write) => `settings write ${write}`),
    'after settings',
    'ledger line 2',
    'before bind',
    'within bind',
    'after bind',
  ])('at "%s" stays silent, and holds the VIPs after the next start', async (place) => {
    const version = await lab.put(documents());
    await crash(place);
    const agent = lab.startAgent();
    const report = await lab.reported(version);
    expect(report.faults).toEqual([]);
    expect([...(await lab.addresses()).onLoopback].sort()).toEqual(VIPS.map((vip) => `${vip}/32`));
    expect(await lab.sysctls()).toBe('1 2 2 2');
    await lab.putInForce(documents(null));
    expect((await lab.addresses()).onLoopback).toEqual([]);
    expect(await lab.sysctls()).toBe('0 0 2 0');
    await lab.stop(agent);
    expect(watch.questions).toBeGreaterThan(10);
    expect(watch.claims).toEqual([]);
  });

  it.each([
    'before unbind',
    'within unbind',
    'after unbind',
    'before settings',
    ...[1, 2, 3].map((write) => `settings write ${write}`),
    'after settings',
    'ledger rename',
    'ledger line 1',
  ])('at "%s" stays silent, and leaves the host as it was after the next start', async (place) => {
    const first = lab.startAgent();
    await lab.putInForce(documents());
    await lab.kill(first);
    const version = await lab.put(documents(null));
    await crash(place);
    const agent = lab.startAgent();
    await lab.reported(version);
    await lab.until(async () => (await lab.sysctls()) === '0 0 2 0', 'the settings of before');
    expect((await lab.addresses()).onLoopback).toEqual([]);
    await lab.stop(agent);
    expect(watch.questions).toBeGreaterThan(10);
    expect(watch.claims).toEqual([]);
  });

  it("within a batch finds what of it was done, and does not take it for an operator's", async () => {
    const version = await lab.put(documents());
    await crash('within bind');
    expect((await lab.addresses()).onLoopback).toHaveLength(2);
    const agent = lab.startAgent();
    await lab.reported(version);
    await lab.putInForce(documents(null));
    expect(lab.fact(VIP)).toMatchObject({ bound: false, reason: 'Released' });
    expect((await lab.addresses()).onLoopback).toEqual([]);
    await lab.stop(agent);
  });
});
