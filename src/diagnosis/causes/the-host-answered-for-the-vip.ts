import { failed, type Cause } from '../cause.js';
import { anywhere, serverUrl } from '../remedies.js';

export const theHostAnsweredForTheVip: Cause = {
  code: 'host-answered-for-vip',
  severity: 'wrong-traffic',
  title: 'The host, which has no agent, answered when a director asked who has the VIP',
  why:
    'Clients and routers that hear it send everything to this one host, past the director, and no error shows anywhere. ' +
    'It gets no packets from the directors until it is silent again.',
  find: (known) => failed(known, 'SilentOnSegment'),
  fix: (known) => {
    const words =
      'Set the host up anew by the script, which may be run again at any time; `part=verify` names what is wrong. The ' +
      'server comes back by itself.';
    const url = serverUrl(known);
    if (url === null) return anywhere('real-server', words);
    return anywhere(
      'real-server',
      words,
      `curl -H "Authorization: Bearer $TOKEN" "${url}/setup?os=linux&part=verify"`,
      `curl -H "Authorization: Bearer $TOKEN" "${url}/setup?os=linux&part=apply"`,
    );
  },
};
