/** The process of the fake fleet: all agents in one, apart from the bench so that neither holds up the other. */
import { createLogger } from '../../src/platform/logger.js';
import { FakeAgent } from './fake-agent.js';
import type { FleetSettings, FromFleet, ToFleet } from './fleet-messages.js';

let paceMs = 0;
const { apiUrl, agents: identities } = JSON.parse(process.argv[2] ?? '{}') as FleetSettings;
const logger = createLogger('fleet', 'warn');
const agents = identities.map(
  (identity) => new FakeAgent({ ...identity, apiUrl, logger, paceMs: () => paceMs }),
);

process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToFleet) => {
  if (message.kind === 'pace') {
    paceMs = message.ms;
    for (const agent of agents) agent.hurry();
  } else {
    const vips = agents.reduce((sum, agent) => sum + agent.vips, 0);
    tell({ kind: 'state', state: { vips, settled: agents.every((agent) => agent.isSettled) } });
  }
});
for (const agent of agents) await agent.join();
for (const agent of agents) void agent.follow();
tell({ kind: 'joined' });

function tell(message: FromFleet): void {
  process.send?.(message);
}
