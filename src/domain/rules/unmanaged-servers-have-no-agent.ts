/**
 * Where an agent is, its proofs decide. An agent that is made known later refuses nothing: that is how a host without
 * one gets one, and `managed` is set to true when the agent has proved itself.
 */
import { onlyIntroduced } from './only-introduced.js';
import type { Rule } from './rule.js';

export const unmanagedServersHaveNoAgent: Rule = onlyIntroduced(({ after, surroundings: { agents } }) =>
  after.realServers.flatMap(({ address, managed }, index) => {
    const agent = managed ? undefined : agents.find((taken) => taken.address === address);
    return agent === undefined
      ? []
      : [
          {
            kind: 'unprocessable',
            code: 'host-has-an-agent',
            field: `/realServers/${index}/managed`,
            message: `${address} has an agent: it is ${agent.description}.`,
            hint: 'Leave managed at true; or delete that node first, where no agent shall run on the host any more.',
          },
        ];
  }),
);
