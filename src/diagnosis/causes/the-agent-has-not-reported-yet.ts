import type { Cause } from '../cause.js';
import type { KnownIntent } from '../known.js';
import { onTheHost, remedy, SEE_THE_AGENT } from '../remedies.js';

/** Otherwise the host shall not hold the VIP for this service, and its agent has nothing to take. */
function isWanted({ serviceEnabled, serverEnabled, forceL4, directReturn }: KnownIntent): boolean {
  return serviceEnabled && serverEnabled && forceL4 && directReturn;
}

export const theAgentHasNotReportedYet: Cause = {
  code: 'agent-not-reported',
  severity: 'no-traffic',
  title: 'The agent has not taken what asks for the VIP',
  why: 'What it said before was about another state, and proves nothing about this one.',
  find: ({ agent, intent, vip }) => {
    if (agent === null || !agent.joined || agent.reported) return null;
    if (intent !== null && !isWanted(intent)) return null;
    const away = agent.alive === false ? ' It is not heard of at all.' : '';
    return { seen: `${agent.name} has not confirmed the document that asks for ${vip}.${away}` };
  },
  fix: () => {
    const words =
      'Wait a few seconds. If it stays so, see whether the agent runs on the host, what it says, and whether it reaches the API.';
    return onTheHost(remedy(words, SEE_THE_AGENT.linux), remedy(words, SEE_THE_AGENT.windows));
  },
};
