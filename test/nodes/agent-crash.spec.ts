/**
 * An agent that is killed between any two steps leaves a host that answers nobody, and the next start finishes the work.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentLab, vipDocument, VIP, type ArpWatch } from '../support/agent-lab.js';

const CRASHING = 'dist/test/support/crashing-agent.js';
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

const look = () => new Promise((resolve) => setTimeout(resolve, A_LOOK_MS));

async function crash(place: string): Promise<void> {
  const agent = lab.startAgent(CRASHING, { HOMEWARD_TEST_CRASH: place });
  await lab.untilEnded(agent);
  expect(agent.signalCode).toBe('SIGKILL');
  await look();
}

describe('an agent that is killed', () => {
  it.each(['before silence', 'after silence', 'before bind', 'after bind'])(
    '%s stays silent and holds the VIP after the next start',
    async (place) => {
      await lab.put({ [VIP]: vipDocument(VIP) });
      await crash(place);
      const agent = lab.startAgent();
      await lab.until(() => lab.fact(VIP)?.bound === true, 'the VIP');
      expect((await lab.addresses()).onLoopback).toEqual([`${VIP}/32`]);
      expect(await lab.sysctls()).toBe('1 2 2 2');
      await lab.putInForce({ [VIP]: null });
      expect(await lab.sysctls()).toBe('0 0 2 0');
      await lab.stop(agent);
      expect(watch.questions).toBeGreaterThan(10);
      expect(watch.claims).toEqual([]);
    },
  );

  it.each(['before unbind', 'after unbind', 'before restore', 'after restore'])(
    '%s stays silent and leaves the host as it was after the next start',
    async (place) => {
      await lab.put({ [VIP]: vipDocument(VIP) });
      const first = lab.startAgent();
      await lab.until(() => lab.fact(VIP)?.bound === true, 'the VIP');
      await lab.kill(first);
      const version = await lab.put({ [VIP]: null });
      await crash(place);
      const agent = lab.startAgent();
      await lab.reported(version);
      await lab.until(async () => (await lab.sysctls()) === '0 0 2 0', 'the settings of before');
      expect((await lab.addresses()).onLoopback).toEqual([]);
      await lab.stop(agent);
      expect(watch.questions).toBeGreaterThan(10);
      expect(watch.claims).toEqual([]);
    },
  );
});
