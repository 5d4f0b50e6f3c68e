/** What a plan says that an agent would do to its host, done by hand, leaves the host as the agent leaves it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { foretellHost } from '../../src/setup/host-plan/foretell-host.js';
import { AgentLab, VIP, VIP6, vipDocument } from '../support/agent-lab.js';

let lab: AgentLab;

beforeAll(async () => {
  lab = await AgentLab.open('pln');
  await lab.startControlPlane();
});
afterAll(() => lab.close());

const sh = (text: string) => lab.realServer.exec(['sh', '-ec', text]);
const byHand = (commands: readonly string[]) => sh(commands.join('\n'));

async function state(): Promise<object> {
  const { onLoopback } = await lab.addresses();
  const guard = (await sh('nft list ruleset arp')) + (await sh('nft list ruleset ip6'));
  return { onLoopback: [...onLoopback].sort(), guard, settings: await lab.sysctls() };
}

const bodies = [vipDocument(VIP), vipDocument(VIP6)];
const facts = { hasAgent: true, others: [] };

it('the commands of a plan leave a host as its agent would', async () => {
  const untouched = await state();
  const agent = lab.startAgent();
  await lab.putInForce({ [VIP]: vipDocument(VIP), [VIP6]: vipDocument(VIP6) });
  const held = await state();
  expect(held).toMatchObject({ onLoopback: [`${VIP}/32`, `${VIP6}/128`], settings: '1 2 1 2' });
  await lab.kill(agent);
  await byHand(
    foretellHost(
      bodies.map((before) => ({ before, after: null })),
      facts,
    ).linux,
  );
  // What the settings were before is in the agent's ledger alone.
  await sh(
    'for each in all default; do sysctl -qw net.ipv4.conf.$each.arp_ignore=0 net.ipv4.conf.$each.arp_announce=0; done',
  );
  expect(await state()).toEqual(untouched);
  const { linux } = foretellHost(
    bodies.map((after) => ({ before: null, after })),
    facts,
  );
  await byHand(linux.slice(0, -1));
  expect(await state()).not.toEqual(held);
  await byHand(linux.slice(-1));
  expect(await state()).toEqual(held);
});
