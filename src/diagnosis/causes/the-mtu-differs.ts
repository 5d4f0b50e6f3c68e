import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

export const theMtuDiffers: Cause = {
  code: 'mtu-differs',
  severity: 'wrong-traffic',
  title: 'The MTU of the two ends differs',
  why: 'Frames that one end sends are too large for the other, and get lost without a word: small requests work, large ones hang.',
  find: (known) => failed(known, 'MtuMatches'),
  fix: () => {
    const words = 'Set the same MTU on the director, on the real server, and on the switch between them.';
    return onTheHost(remedy(words, 'ip -brief link'), remedy(words, 'Get-NetIPInterface'));
  },
};
