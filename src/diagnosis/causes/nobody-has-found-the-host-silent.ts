import { failed, unknown, type Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

export const nobodyHasFoundTheHostSilent: Cause = {
  code: 'silence-not-proved',
  severity: 'no-traffic',
  title: 'The directors have not found the host silent yet, which has no agent',
  why:
    'A host that is let in and answers for the VIP draws everything past the director. So each director that is on its ' +
    'segment asks first; and a host that does not even answer for itself proves nothing by its silence.',
  find: (known) => {
    const explained =
      !known.directors?.some(({ connected }) => connected) ||
      unknown(known, 'SilentOnSegment', ['SomebodyAnswers']) !== null;
    return explained ? null : failed(known, 'Admitted', ['SilenceNotProved']);
  },
  fix: () =>
    anywhere(
      'network',
      'Wait some seconds. If it stays so: see that the host is up and has the address of the real server, that a director has ' +
        'an interface on its segment, and that the directors have the program perl.',
    ),
};
