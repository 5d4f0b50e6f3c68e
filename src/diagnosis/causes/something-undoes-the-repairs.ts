import { failed, type Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

export const somethingUndoesTheRepairs: Cause = {
  code: 'repairs-undone',
  severity: 'at-risk',
  title: 'Something on the host undoes what the agent repairs',
  why: 'The agent does not fight, and waits longer each time before it repairs the same thing again.',
  find: (known) => failed(known, 'RepairsHold'),
  fix: () =>
    anywhere(
      'real-server',
      'Find the program that does it (a network manager, configuration management, a script), and have it leave this alone.',
    ),
};
