import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

export const driftIsSeenLate: Cause = {
  code: 'drift-seen-late',
  severity: 'at-risk',
  title: 'The agent does not hear the events of its host',
  why: 'It sees what somebody undoes some seconds later, by looking, and not at once.',
  find: (known) => failed(known, 'HostWatched'),
  fix: () =>
    onTheHost(
      remedy('See that ip and nft are installed and can be started.', 'ip -V', 'nft --version'),
      remedy('Windows is watched by looking alone. There is nothing to do.'),
    ),
};
