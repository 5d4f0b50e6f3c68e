/** Makes the director's network card anew, as when a driver is loaded again, or a virtual machine's card is replaced. */
import { OWN_ADDRESS_METRIC } from '../../src/forwarding/own-address.js';
import { systemCommands } from '../../src/platform/command-runner.js';
import { DIRECTOR_MAC } from './director-hosts.js';
import { type DirectorNetwork } from './director-network.js';

export async function deleteInterface({ director }: DirectorNetwork): Promise<void> {
  await director.exec(['ip', 'link', 'delete', 'eth0']);
}

/** @param vips that somebody puts there with it. */
export async function makeInterface(net: DirectorNetwork, vips: readonly string[] = []): Promise<void> {
  const port = 'director-eth0';
  const lan = `${net.network.prefix}-switch`;
  await net.director.exec(['ip', '-batch', '-'], {
    input: `link add eth0 address ${DIRECTOR_MAC} type veth peer name ${port}
link set ${port} netns ${lan}
link set eth0 up
address add 192.0.2.2/24 dev eth0
address add 2001:db8:2::2/64 dev eth0 nodad
route add default via 192.0.2.1
route add default via 2001:db8:2::1
${vips.map((vip) => `address add ${vip} dev eth0 metric ${OWN_ADDRESS_METRIC}\n`).join('')}`,
  });
  await systemCommands.run(['ip', '-n', lan, 'link', 'set', port, 'master', 'lan', 'up']);
}
