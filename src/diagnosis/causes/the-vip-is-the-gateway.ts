import { failed, type Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

export const theVipIsTheGateway: Cause = {
  code: 'vip-is-the-gateway',
  severity: 'no-traffic',
  title: "The VIP is the host's gateway",
  why: 'A host that holds its own gateway reaches nobody outside of its subnets any more, so the agent refuses it.',
  find: (known) => failed(known, 'VipBound', ['IsGateway']),
  fix: () => anywhere('control-plane', 'Choose another VIP, or another gateway for the host.'),
};
