import { failed, type Cause } from '../cause.js';
import { hostPrefix, onTheHost, remedy, SEE_THE_AGENT, vipIn } from '../remedies.js';

/** These have causes of their own. */
const EXPLAINED: ReadonlySet<string> = new Set([
  'OwnAddress',
  'WiderPrefixOnLoopback',
  'IsGateway',
  'NotUsable',
  'NotCanonical',
  'DriftPersists',
  'NotSilent',
]);

export const theVipIsMissing: Cause = {
  code: 'vip-missing',
  severity: 'no-traffic',
  title: 'The host does not hold the VIP',
  why: 'It drops every packet for an address that is not its own. A check of its own address would not show that.',
  find: (known) => {
    const sight = failed(known, 'VipBound');
    return sight !== null && EXPLAINED.has(sight.facts?.['reason'] ?? '') ? null : sight;
  },
  fix: (known) => {
    const [vip, prefix] = [vipIn(known), hostPrefix(known)];
    const words =
      'The agent puts it on loopback by itself, within seconds. If it does not, see what it says. Never put it there by hand before the host is silent.';
    return onTheHost(
      remedy(words, SEE_THE_AGENT.linux, `ip address show dev lo to ${vip}/${prefix}`),
      remedy(words, SEE_THE_AGENT.windows, `Get-NetIPAddress -IPAddress '${vip}'`),
    );
  },
};
