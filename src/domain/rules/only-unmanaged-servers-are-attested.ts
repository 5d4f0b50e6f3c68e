/** What an agent proves needs nobody's word, and a word in its place would admit what the agent knows to be broken. */
import type { Rule } from './rule.js';

export const onlyUnmanagedServersAreAttested: Rule = ({ after }) =>
  after.realServers.flatMap(({ address, managed, attestation }, index) =>
    managed && attestation !== null
      ? [
          {
            kind: 'unprocessable',
            code: 'attested-server-is-managed',
            field: `/realServers/${index}/attestation`,
            message: `${address} is managed: its agent proves that it holds the VIP silently.`,
            hint: 'Start `homeward agent` on that host; or, where no agent can run, set managed to false first.',
          },
        ]
      : [],
  );
