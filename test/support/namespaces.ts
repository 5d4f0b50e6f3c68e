/**
 * A network of namespaces for tests, lab and bench: hosts joined by bridges that sit in a namespace of their own.
 * It works for root on a machine and inside `unshare -Urnm` with a tmpfs on /run, and never touches an interface
 * outside of its own namespaces. Everything it made carries its prefix and is gone after close().
 */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { systemCommands, type CommandOptions } from '../../src/platform/command-runner.js';

/** Time that a spawned process gets between SIGTERM and SIGKILL. */
const STOP_GRACE_MS = 3_000;

export interface HostLink {
  /** Bridge that the link is plugged into; made when first named. */
  readonly bridge: string;
  /** Ethernet address of the host's end. */
  readonly mac: string;
  /** With prefix length, `192.0.2.11/24`. */
  readonly addresses: readonly string[];
}

export interface HostRoute {
  readonly to: string;
  readonly via: string;
}

export interface HostOptions {
  readonly name: string;
  /** Become eth0, eth1 and so on. */
  readonly links: readonly HostLink[];
  /** For example `{ to: 'default', via: '192.0.2.1' }`. */
  readonly routes?: readonly HostRoute[];
  /** True for a router. */
  readonly forward?: boolean;
}

export interface SpawnOptions {
  /** Added to an environment that holds nothing but PATH, HOME and LC_ALL. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdio?: StdioOptions;
  readonly cwd?: string;
}

/** One namespace that plays a machine. */
export class Host {
  private readonly children = new Set<ChildProcess>();
  private readonly ports: string[] = [];

  constructor(
    readonly name: string,
    /** Name for `ip netns`. */
    readonly namespace: string,
    private readonly switchNamespace: string,
  ) {}

  /** What a command begins with that is run inside the host. */
  get prefix(): readonly [string, ...string[]] {
    return ['nsenter', `--net=/run/netns/${this.namespace}`, '--'];
  }

  /** Runs a program to its end inside the host; resolves to its standard output. */
  exec(argv: readonly [string, ...string[]], options?: CommandOptions): Promise<string> {
    return systemCommands.run([...this.prefix, ...argv], options);
  }

  /**
   * Starts a program inside the host. It dies with this process, even after kill -9.
   * nsenter and setpriv replace themselves, so the child's pid is the program's own.
   */
  spawn(argv: readonly [string, ...string[]], options: SpawnOptions = {}): ChildProcess {
    const child = spawn(
      'nsenter',
      [`--net=/run/netns/${this.namespace}`, '--', 'setpriv', '--pdeathsig', 'KILL', '--', ...argv],
      {
        env: environment(options.env),
        stdio: options.stdio ?? ['ignore', 'pipe', 'pipe'],
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      },
    );
    this.children.add(child);
    child.once('close', () => this.children.delete(child));
    return child;
  }

  /** Plugs one more interface in, also while the host runs; resolves to its name. */
  async addLink(link: HostLink): Promise<string> {
    const device = await this.plugIn(link);
    await this.bringUp(device, link);
    return device;
  }

  /** An interface that is down, as it is before a machine has come up. */
  async plugIn({ bridge }: HostLink): Promise<string> {
    const device = `eth${this.ports.length}`;
    const port = `${this.name.slice(0, 10)}-${device}`;
    this.ports.push(port);
    await ipBatch(this.switchNamespace, [
      `link add ${port} type veth peer name ${device} netns ${this.namespace}`,
      `link set ${port} master ${bridge} up`,
    ]);
    return device;
  }

  async bringUp(device: string, { mac, addresses }: HostLink): Promise<void> {
    await ipBatch(this.namespace, [
      `link set ${device} addrgenmode none address ${mac} up`,
      ...[linkLocal(mac), ...addresses].map(
        (address) => `address add ${address} dev ${device}${noDad(address)}`,
      ),
    ]);
  }

  /** Takes the interface out that was plugged in last. */
  async unplugLast(): Promise<void> {
    const port = this.ports.pop();
    if (port !== undefined) await ipBatch(this.switchNamespace, [`link delete ${port}`]);
  }

  /** Ends every program at once and forgets all that the kernel knew, as a power cut does. */
  async losePower(): Promise<void> {
    const gone = [...this.children].map((child) => once(child, 'close'));
    for (const child of this.children) child.kill('SIGKILL');
    await Promise.all(gone);
    while (this.ports.length > 0) await this.unplugLast();
    await systemCommands.run(['ip', 'netns', 'delete', this.namespace]);
    await addNamespace(this.namespace);
  }

  async addRoutes(routes: readonly HostRoute[]): Promise<void> {
    await ipBatch(
      this.namespace,
      routes.map(({ to, via }) => `route add ${to} via ${via}`),
    );
  }

  /** Writes a kernel setting, `net.ipv4.ip_forward`. */
  async sysctl(key: string, value: string | number): Promise<void> {
    await this.exec(['sysctl', '-q', '-w', `${key}=${value}`]);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.children].map(stopProcess));
  }
}

export class Network {
  private readonly hosts: Host[] = [];
  private readonly bridges = new Set<string>();

  constructor(readonly prefix: string) {}

  private get switchNamespace(): string {
    return `${this.prefix}-switch`;
  }

  async addHost(options: HostOptions): Promise<Host> {
    for (const { bridge } of options.links) await this.addBridge(bridge);
    const host = new Host(options.name, `${this.prefix}-${options.name}`, this.switchNamespace);
    await addNamespace(host.namespace);
    this.hosts.push(host);
    for (const link of options.links) await host.addLink(link);
    await host.addRoutes(options.routes ?? []);
    if (options.forward === true) {
      await host.sysctl('net.ipv4.ip_forward', 1);
      await host.sysctl('net.ipv6.conf.all.forwarding', 1);
    }
    return host;
  }

  /**
   * The switch, as a place to look from: the interface of a bridge hears every frame that crosses it, whichever
   * machine is there or comes later.
   */
  async tap(bridge: string): Promise<Host> {
    await ipBatch(this.switchNamespace, [`link set ${bridge} promisc on`]);
    const host = new Host('switch', this.switchNamespace, this.switchNamespace);
    this.hosts.push(host);
    return host;
  }

  /** Ends every process that was spawned in a host, then removes all namespaces. */
  async close(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.stop()));
    await removeNetwork(this.prefix);
  }

  private async addBridge(name: string): Promise<void> {
    if (this.bridges.size === 0) await addNamespace(this.switchNamespace);
    if (this.bridges.has(name)) return;
    this.bridges.add(name);
    await ipBatch(this.switchNamespace, [
      `link add ${name} type bridge stp_state 0 mcast_snooping 0`,
      `link set ${name} up`,
    ]);
  }
}

/** An empty network; what an earlier run under the same prefix left is removed first. */
export async function createNetwork(options: { readonly prefix: string }): Promise<Network> {
  await removeNetwork(options.prefix);
  return new Network(options.prefix);
}

/** Removes the namespaces of a prefix. Links vanish with them. */
async function removeNetwork(prefix: string): Promise<void> {
  const listed = await systemCommands.run(['ip', 'netns', 'list']);
  const names = listed.split('\n').map((line) => line.split(' ')[0] ?? '');
  for (const name of names.filter((each) => each.startsWith(`${prefix}-`))) {
    await systemCommands.run(['ip', 'netns', 'delete', name]);
  }
}

/** SIGTERM, then SIGKILL after a grace; resolves when the process is gone. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  await gone;
  clearTimeout(timer);
}

async function addNamespace(name: string): Promise<void> {
  await systemCommands.run(['ip', 'netns', 'add', name]);
  await ipBatch(name, ['link set lo up']);
}

async function ipBatch(namespace: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  await systemCommands.run(['ip', '-n', namespace, '-batch', '-'], { input: `${lines.join('\n')}\n` });
}

/**
 * The address that the kernel would make from the Ethernet address (RFC 4291, modified EUI-64). Made by hand, for the
 * kernel's own waits for duplicate address detection, and nothing can be resolved over IPv6 until then.
 */
function linkLocal(mac: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac
    .split(':')
    .map((octet) => Number.parseInt(octet, 16));
  const groups = [(a ^ 2) * 256 + b, c * 256 + 0xff, 0xfe00 + d, e * 256 + f];
  return `fe80::${groups.map((group) => group.toString(16)).join(':')}/64`;
}

/** Duplicate address detection would keep an IPv6 address unusable for a second or two. */
function noDad(address: string): string {
  return address.includes(':') ? ' nodad' : '';
}

function environment(added: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH, HOME } = process.env;
  return { PATH: PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin', HOME: HOME ?? '/', LC_ALL: 'C', ...added };
}
