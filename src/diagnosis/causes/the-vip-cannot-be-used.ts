import { failed, type Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

export const theVipCannotBeUsed: Cause = {
  code: 'vip-not-usable',
  severity: 'no-traffic',
  title: 'The agent refuses the VIP as such',
  why: 'It is an address that no client can reach, or not spelled in the one way that all programs read alike.',
  find: (known) => failed(known, 'VipBound', ['NotUsable', 'NotCanonical']),
  fix: () => anywhere('control-plane', 'Choose another VIP.'),
};
