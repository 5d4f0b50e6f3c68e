import { failed, type Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

export const theAgentLeavesItsHost: Cause = {
  code: 'agent-leaves',
  severity: 'no-traffic',
  title: 'The agent is being taken off its host, or was',
  why: 'Somebody said so on the host. The directors let go of it first, and then it lets go of the VIP.',
  find: (known) => failed(known, 'Admitted', ['AgentLeaves']),
  fix: () =>
    anywhere(
      'real-server',
      'Remove the real server, and then the node; or make a join token for the node (POST /v1/nodes/{id}/join-token), and install the agent again with it. Where it only began to leave: `homeward agent leave --withdraw`.',
    ),
};
