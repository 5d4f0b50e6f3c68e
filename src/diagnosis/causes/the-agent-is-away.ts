import type { Cause } from '../cause.js';
import type { Known } from '../known.js';
import { onTheHost, remedy, RESTART_THE_AGENT, SEE_THE_AGENT } from '../remedies.js';

function seen({ agent }: Known): string {
  const { name = '', lastSeenAt = null } = agent ?? {};
  if (name === '') return 'No agent runs on this host.';
  const since = lastSeenAt === null ? 'was never heard' : `is not heard since ${lastSeenAt.toISOString()}`;
  return `${name} ${since}. What is said here of its host is what it said last.`;
}

export const theAgentIsAway: Cause = {
  code: 'agent-away',
  severity: 'at-risk',
  title: 'The agent is away',
  why: 'The host goes on as it is. What changes, breaks or is undone there is neither seen nor mended; if the host itself is dead, its share of the connections hangs.',
  find: (known) =>
    known.agent?.joined === true && known.agent.alive === false ? { seen: seen(known) } : null,
  fix: () => {
    const words =
      'See whether the host is up, whether the agent runs there, whether it reaches the API, and whether its credential is refused; if so, let it join again.';
    return onTheHost(
      remedy(words, ...RESTART_THE_AGENT.linux, SEE_THE_AGENT.linux),
      remedy(words, ...RESTART_THE_AGENT.windows, SEE_THE_AGENT.windows),
    );
  },
};
