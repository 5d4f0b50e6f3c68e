import { failed, type Cause } from '../cause.js';
import { remedy } from '../remedies.js';

export const thereIsNoCommonSegment: Cause = {
  code: 'no-common-segment',
  severity: 'no-traffic',
  title: 'The director and the real server share no segment',
  why: 'A director reaches a real server by its Ethernet address alone; no router can be between them.',
  find: (known) => failed(known, 'SameSegment', ['NoSharedSubnet']),
  fix: () => {
    const words =
      'Give both an address in one subnet on one layer-2 segment, with the same prefix length at both ends.';
    return {
      place: 'network',
      linux: remedy(words, 'ip -brief address'),
      windows: remedy(words, 'Get-NetIPAddress'),
    };
  },
};
