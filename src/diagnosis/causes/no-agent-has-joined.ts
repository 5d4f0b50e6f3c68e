import type { Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

export const noAgentHasJoined: Cause = {
  code: 'no-agent',
  severity: 'no-traffic',
  title: 'No agent has joined for the real server',
  why: 'Nobody has proved that its host holds the VIP and keeps silent about it. Without that it gets no packets.',
  find: ({ agent, address }) => {
    if (agent === null || agent.joined) return null;
    const host = address ?? 'this host';
    return agent.name === ''
      ? { seen: `No agent has joined for ${host}.` }
      : { seen: `${agent.name} is made known for ${host}, and its agent was never heard.` };
  },
  fix: () =>
    anywhere(
      'real-server',
      'Make a join token for an agent with the address of the real server (POST /v1/nodes with role agent; where it is made known already, POST /v1/nodes/{id}/join-token), and install the agent with it on that host.',
    ),
};
