/** What a VIP must never go through: standing on an adapter of the network, in DNS, or where packets for it get lost. */
import { INTERFACE_SETTINGS } from '../../../src/setup/windows/windows-settings.js';
import type { WindowsState } from './windows-state.js';

/** An address of a host's own, which is what a VIP looks like. */
export function isVip({
  address,
  prefixLength,
}: {
  readonly address: string;
  readonly prefixLength: number;
}) {
  return prefixLength === (address.includes(':') ? 128 : 32);
}

export function offencesIn(state: WindowsState): string[] {
  return state.addresses.filter(isVip).flatMap(({ index, address, skipAsSource }) => {
    const adapter = state.adapters.find((each) => each.index === index);
    if (adapter?.loopback !== true) return [`${address} is on ${adapter?.name ?? index}`];
    const registers = state.registrations.find((each) => each.index === index)?.registers === 1;
    const wrong = INTERFACE_SETTINGS.filter(({ place, family, property, wanted }) =>
      state.interfaces.some((each) => {
        const kind = state.adapters.find((owner) => owner.index === each.index)?.loopback;
        const concerned = kind !== undefined && kind === (place === 'loopback') && each.family === family;
        return concerned && each[property] !== wanted;
      }),
    );
    return [
      ...(registers ? [`${address} is registered in DNS`] : []),
      ...(skipAsSource ? [] : [`${address} may be a source`]),
      ...wrong.map(({ name }) => `${address} stands there without ${name}`),
    ];
  });
}
