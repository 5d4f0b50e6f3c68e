/** A host with addresses, as `ip` shows and changes them. A test can take some away, and make a command fail. */
import { CommandFailed, type CommandRunner } from '../../platform/command-runner.js';

interface FakeAddress {
  readonly local: string;
  readonly prefixlen: number;
  readonly metric?: number;
}

export class FakeDirectorHost implements CommandRunner {
  readonly addresses = new Map<string, FakeAddress>([['192.0.2.2', { local: '192.0.2.2', prefixlen: 24 }]]);
  /** VIPs that the kernel takes on no interface. */
  readonly refusing = new Set<string>();
  /** Its Ethernet address. */
  mac = '02:00:00:00:00:aa';
  /** Addresses of eth1; it is there while it has some. */
  readonly besides: FakeAddress[] = [];
  /** Of the kernel's IPsec part, as `ip` names them. */
  readonly policies = new Set<string>();
  readonly commands: (readonly string[])[] = [];
  /** Called before a command, which fails of what this throws, or waits for it. */
  before: (argv: readonly string[], input: string) => void | Promise<void> = () => undefined;

  async run(argv: readonly [string, ...string[]], options: { input?: string | Iterable<string> } = {}) {
    this.commands.push(argv);
    const input = typeof options.input === 'string' ? options.input : '';
    await this.before(argv, input);
    if (argv.includes('-batch')) return this.batch(input);
    if (argv.includes('xfrm'))
      return [...this.policies]
        .map((each) => `${each}\n\tdir in action block priority 1213156677\n`)
        .join('');
    if (argv.includes('address')) return JSON.stringify(this.links());
    if (argv.includes('-4')) return JSON.stringify([{ gateway: '192.0.2.1', dev: 'eth0' }]);
    return '';
  }

  /** How many times a program, or an option of one, was run. */
  runs(word: string): number {
    return this.commands.filter((argv) => argv.includes(word)).length;
  }

  private links() {
    const link = { link_type: 'ether', address: this.mac, flags: ['UP', 'LOWER_UP'], mtu: 1500 };
    const eth0 = { ...link, ifname: 'eth0', ifindex: 2, addr_info: [...this.addresses.values()] };
    const eth1 = { ...link, ifname: 'eth1', ifindex: 3, addr_info: this.besides };
    return this.besides.length > 0 ? [eth0, eth1] : [eth0];
  }

  private batch(input: string): string {
    const lines = input.trim().split('\n');
    const failures = lines.flatMap((line, index) => {
      const words = line.split(' ');
      const problem = words[0] === 'xfrm' ? this.changePolicy(words) : this.change(words);
      return problem === undefined ? [] : [`${problem}\nCommand failed -:${index + 1}\n`];
    });
    if (failures.length > 0) throw new CommandFailed(['ip'], 1, failures.join(''));
    return '';
  }

  private changePolicy([, , verb, , , ...selector]: readonly string[]): undefined {
    const policy = selector.slice(0, 6).join(' ');
    if (verb === 'delete') this.policies.delete(policy);
    else this.policies.add(policy);
  }

  private change([, verb, prefix = '', , , , metric]: readonly string[]): string | undefined {
    const [local = '', length] = prefix.split('/');
    if (verb === 'delete')
      return this.addresses.delete(local) ? undefined : 'Cannot assign requested address';
    if (this.addresses.has(local)) return 'RTNETLINK answers: File exists';
    if (this.refusing.has(local)) return 'RTNETLINK answers: Permission denied';
    this.addresses.set(local, { local, prefixlen: Number(length), metric: Number(metric) });
    return undefined;
  }
}
