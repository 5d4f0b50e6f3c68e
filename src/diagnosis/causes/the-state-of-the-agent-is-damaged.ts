import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

export const theStateOfTheAgentIsDamaged: Cause = {
  code: 'state-damaged',
  severity: 'at-risk',
  title: 'What the agent saved is damaged or cannot be saved',
  why: 'After the next start it may know less than now: of what it shall hold, or of what it changed and has to put back.',
  find: (known) =>
    failed(known, 'LastKnownGoodRead') ??
    failed(known, 'LastKnownGoodSaved') ??
    failed(known, 'OwnChangesKnown'),
  fix: () => {
    const words =
      'Look after the disk with the state directory. Once the agent reaches the API, it saves all anew, but for what it ' +
      'changed on the host (OwnChangesKnown): remove what no service needs by hand, and say so by ' +
      '`homeward agent accept-damage` while the agent is stopped.';
    return onTheHost(
      remedy(words, 'df --human-readable /var/lib/homeward-agent', 'dmesg --level err,warn'),
      remedy(words, 'Get-Volume'),
    );
  },
};
