import { failed, type Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

/** Why documents are refused for where they stand in the history. */
export const PLACE_IN_HISTORY = ['LowerEpoch', 'OlderVersion', 'ForeignCluster'] as const;

export const theAgentIsOfAnotherEpoch: Cause = {
  code: 'agent-of-another-epoch',
  severity: 'no-traffic',
  title: 'The agent holds documents of another history',
  why:
    'It takes nothing that is older than what it holds, or of another installation, so that an old backup cannot roll ' +
    'the hosts back. What is asked of its host now does not happen there.',
  find: (known) => failed(known, 'DocumentsAccepted', PLACE_IN_HISTORY),
  fix: () =>
    anywhere(
      'control-plane',
      'After the restore of an older backup, raise the epoch as the operations guide says. If the host belongs to another installation, let its agent join this one.',
    ),
};
