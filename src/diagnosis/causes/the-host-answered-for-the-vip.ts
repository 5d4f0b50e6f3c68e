import { failed, type Cause } from '../cause.js';
import { setUpByScript } from '../set-up-by-script.js';

export const theHostAnsweredForTheVip: Cause = {
  code: 'host-answered-for-vip',
  severity: 'wrong-traffic',
  title: 'The host, which has no agent, answered when a director asked who has the VIP',
  why:
    'Clients and routers that hear it send everything to this one host, past the director, and no error shows anywhere. ' +
    'It gets no packets from the directors until it is silent again.',
  find: (known) => failed(known, 'SilentOnSegment'),
  fix: (known) =>
    setUpByScript(
      'Set the host up anew by the script, which may be run again at any time, and do what it says where it ends early. ' +
        'The server comes back by itself.',
      known,
    ),
};
