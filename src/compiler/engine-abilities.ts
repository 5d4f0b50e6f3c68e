/** What the connected engines can do; as long as none is connected, what the built-in nftables driver can. */
import { NFTABLES_CAPABILITIES, type Capabilities } from '../contract/capabilities.js';

export function engineAbilities(connected: readonly Capabilities[]): readonly Capabilities[] {
  return connected.length === 0 ? [NFTABLES_CAPABILITIES] : connected;
}
