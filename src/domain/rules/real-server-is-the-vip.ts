/**
 * A VIP is no host's own address. A real server with the address of a VIP would answer ARP for it, and a VIP that is
 * a real server's address would be taken from that host.
 */
import type { VirtualService } from '../virtual-service.js';
import { onlyIntroduced } from './only-introduced.js';
import type { Rule, Violation } from './rule.js';
import type { Surroundings, TakenAddress } from './surroundings.js';

const CODE = 'real-server-is-the-vip';

export const realServerIsTheVip: Rule = onlyIntroduced(({ after, surroundings }) => [
  ...serversThatAreVips(after, surroundings),
  ...serversWithThisVip(after, surroundings),
]);

function serversThatAreVips(service: VirtualService, surroundings: Surroundings): readonly Violation[] {
  const own = { address: service.address as string, description: 'the VIP of this virtual service' };
  const vips = [own, ...surroundings.otherVips];
  return service.realServers.flatMap(({ address }, index) => {
    const vip = vips.find((taken) => taken.address === address);
    return vip === undefined ? [] : [serverIsVip(index, vip)];
  });
}

function serverIsVip(index: number, vip: TakenAddress): Violation {
  return {
    kind: 'unprocessable',
    code: CODE,
    field: `/realServers/${index}/address`,
    message: `${vip.address} is ${vip.description}.`,
    hint: "Use the real server's own address, the one that it has on its network card.",
  };
}

function serversWithThisVip(service: VirtualService, surroundings: Surroundings): readonly Violation[] {
  return surroundings.otherRealServers
    .filter((taken) => taken.address === service.address)
    .map(({ address, description }) => ({
      kind: 'unprocessable',
      code: CODE,
      field: '/address',
      message: `${address} is the address of ${description}.`,
      hint: 'Use a free address as the VIP; each real server keeps its own address.',
    }));
}
