/**
 * The network of the engine's tests: a client behind a router, a director with a real engine, two real servers that
 * were set up by hand. Nothing in it is simulated but the machines.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Document, ServerEntry, ServiceDocument } from '../../src/contract/documents.js';
import { NOTHING_BESIDES } from '../../src/link/node-work.js';
import type { Fault } from '../../src/contract/report.js';
import { NftablesDriver } from '../../src/engine/drivers/nftables/nftables.driver.js';
import type { FlowTimeouts } from '../../src/engine/drivers/nftables/flow-timeouts.js';
import { Engine } from '../../src/engine/engine.js';
import type { ClaimTimes } from '../../src/engine/network/claims.js';
import {
  CommandFailed,
  startProgram,
  type CommandRunner,
  type ProgramStarter,
  type RunningProgram,
  type StayOptions,
} from '../../src/platform/command-runner.js';
import { DirectorWatch } from '../../src/engine/watch/director-watch.js';
import { createLogger } from '../../src/platform/logger.js';
import { createNetwork, type Host, type Network } from './namespaces.js';
import { RecordedWire } from './recorded-wire.js';
import { SILENT_SEGMENT } from './silent-segment.js';
import { TrafficPeer } from './traffic.js';
import { untilSo } from './until-so.js';

export const VIP4 = '192.0.2.200';
export const VIP6 = '2001:db8:2::200';
const SEED = 0x5eed;
export const DIRECTOR_MAC = '02:00:00:00:00:aa';

/** VIPs are taken at once. */
const UNASKED: ClaimTimes = { waitMs: 0, againMs: 60_000 };

export interface EngineWishes {
  readonly interface?: string;
  readonly timeouts?: FlowTimeouts;
  readonly readingAgeMs?: number;
  readonly silenceIntervalMs?: number;
  /** It speaks and hears ARP and neighbour discovery. Without, nobody is asked or told about VIPs. */
  readonly voice?: boolean;
  readonly claimTimes?: ClaimTimes;
  readonly startProgram?: ProgramStarter;
  /** It watches the kernel, and mends itself; end it then with `stop`. */
  readonly watches?: boolean;
  readonly readBackMs?: number;
}

/** A command that was run on the director, with its standard input. */
export interface RunCommand {
  readonly argv: readonly string[];
  readonly input: string;
}

export class DirectorNetwork {
  /** Everything that engines ran on the director; tests empty it. */
  readonly commands: RunCommand[] = [];
  /** Commands that fail; as though they had been killed, unless it names an exit code. */
  sabotage: ((command: RunCommand) => boolean | number) | undefined;
  /** Of the last time that the engine had lost something and everything was brought again. */
  faultsAfterLoss: readonly Fault[] = [];
  engine: Engine;
  /** Whatever becomes of the table, engines that watch take it for their own work. */
  deaf = false;
  private version = 0;
  /** That the engine has started. */
  private programs = 0;
  /** Programs that are started have no right to raw sockets. */
  gagged = false;
  private spoken: RecordedWire | undefined;
  private inForce = new Map<string, Document<ServiceDocument>>();
  /** What the engine had lost is being brought again. */
  private bringing: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly network: Network,
    readonly director: Host,
    readonly servers: readonly [Host, Host],
    readonly clientHost: Host,
    /** Its eth0 leads to the client, its eth1 to the others. */
    readonly router: Host,
    readonly client: TrafficPeer,
    readonly peers: readonly [TrafficPeer, TrafficPeer],
    readonly stateDir: string,
  ) {
    this.engine = this.newEngine();
  }

  static async create(prefix: string): Promise<DirectorNetwork> {
    const network = await createNetwork({ prefix });
    const router = await network.addHost({
      name: 'router',
      links: [
        { bridge: 'wan', mac: '02:00:00:00:01:01', addresses: ['198.51.100.1/24', '2001:db8:1::1/64'] },
        { bridge: 'lan', mac: '02:00:00:00:01:02', addresses: ['192.0.2.1/24', '2001:db8:2::1/64'] },
      ],
      forward: true,
    });
    const client = await network.addHost({
      name: 'client',
      links: [
        { bridge: 'wan', mac: '02:00:00:00:02:10', addresses: ['198.51.100.10/24', '2001:db8:1::10/64'] },
      ],
      routes: [
        { to: 'default', via: '198.51.100.1' },
        { to: 'default', via: '2001:db8:1::1' },
      ],
    });
    const director = await addLanHost(network, 'director', '2', DIRECTOR_MAC);
    const one = await addLanHost(network, 'one', '11', '02:00:00:00:00:b1');
    const two = await addLanHost(network, 'two', '12', '02:00:00:00:00:b2');
    for (const server of [one, two]) await holdVipsByHand(server);
    const stateDir = await mkdtemp(join(tmpdir(), 'homeward-engine-'));
    const peers = [new TrafficPeer(one), new TrafficPeer(two)] as const;
    return new DirectorNetwork(
      network,
      director,
      [one, two],
      client,
      router,
      new TrafficPeer(client),
      peers,
      stateDir,
    );
  }

  /** A fresh process would know as much: the state directory and the kernel. */
  newEngine({
    interface: named,
    timeouts,
    watches = false,
    voice = false,
    ...options
  }: EngineWishes = {}): Engine {
    const { stateDir } = this;
    const commands = this.recorder();
    const logger = createLogger('engine', 'silent');
    const driver = new NftablesDriver({ commands, stateDir, logger, ...(timeouts && { timeouts }) });
    const prefix = ['nsenter', `--net=/run/netns/${this.director.namespace}`, '--'];
    const watch = watches
      ? new DirectorWatch({ logger, isOwn: (pid) => this.deaf || driver.isOwn(pid), prefix })
      : undefined;
    this.spoken = voice ? this.voiceOf(this.director) : undefined;
    const engine = new Engine({
      driver,
      commands,
      stateDir,
      interface: named,
      wire: this.spoken ?? SILENT_SEGMENT,
      ...(voice ? {} : { claimTimes: UNASKED }),
      logger,
      watch,
      startProgram: (argv, wishes) => this.startProgram(argv, wishes),
      ...options,
    });
    engine.onLost(() => {
      // One that was followed by another has nothing to bring any more.
      if (engine === this.engine) this.bringing = Promise.all([this.bringing, this.bringBack(engine)]);
    });
    return engine;
  }

  /** Starts an engine anew on exactly these services. */
  async restart(
    services: readonly ServiceDocument[] = this.services,
    wishes: EngineWishes = {},
  ): Promise<readonly Fault[]> {
    await this.bringing;
    await this.stopPrograms();
    this.engine = this.newEngine(wishes);
    return this.reconcile(services);
  }

  /** Starts an engine anew on these services, and on documents of others that it does not understand. */
  restartBeside(strange: readonly ServiceDocument[], services: readonly ServiceDocument[]) {
    this.engine = this.newEngine();
    this.inForce = new Map(services.map((body) => [`${body.number}`, this.document(body)]));
    const besides = { ...NOTHING_BESIDES, strange: strange.map((body) => this.document(body)) };
    return this.engine.reconcile(this.inForce, SEED, besides);
  }

  /** Brings the running engine to exactly these services. */
  async reconcile(services: readonly ServiceDocument[] = this.services): Promise<readonly Fault[]> {
    this.inForce = new Map(services.map((body) => [`${body.number}`, this.document(body)]));
    return this.engine.reconcile(this.inForce, SEED);
  }

  async put(...bodies: readonly ServiceDocument[]): Promise<readonly Fault[]> {
    return this.change(bodies.map((body) => this.document(body)));
  }

  async remove(...bodies: readonly ServiceDocument[]): Promise<readonly Fault[]> {
    return this.change(bodies.map((body) => ({ ...this.document(body), body: null })));
  }

  /** Texts that were given to nft since the last call. */
  takeTransactions(): readonly string[] {
    return this.commands.splice(0).flatMap(({ argv, input }) => (argv.includes('-f') ? [input] : []));
  }

  /** Both servers answer on an address and port, by the names `one` and `two`. */
  async serve(protocol: 'tcp' | 'udp', address: string, port: number): Promise<void> {
    await this.peers[0].serve({ name: 'one', protocol, address, port });
    await this.peers[1].serve({ name: 'two', protocol, address, port });
  }

  /** Duplicate address detection keeps an IPv6 address from being used for a second or two. */
  async vip6Usable(): Promise<void> {
    const usable = async () =>
      !(await this.director.exec(['ip', 'address', 'show', 'tentative'])).includes(VIP6);
    await untilSo(usable, 'the IPv6 VIP to be usable', 5_000);
  }

  async close(): Promise<void> {
    await this.stopPrograms();
    await this.network.close();
    await rm(this.stateDir, { recursive: true });
  }

  /** The segments as that host has them; whoever asks for one that is no engine's stops it. */
  voiceOf(host: Host): RecordedWire {
    return new RecordedWire((argv, wishes) => {
      this.programs++;
      const right = this.gagged ? ['setpriv', '--bounding-set=-net_raw', '--'] : [];
      return startProgram([...host.prefix, ...right, ...argv], wishes);
    });
  }

  /** Of the engine that was made last, with a voice. */
  get wire(): RecordedWire {
    if (this.spoken === undefined) throw new Error('this engine has no voice');
    return this.spoken;
  }

  private startProgram(argv: readonly string[], wishes: StayOptions): Promise<RunningProgram> {
    this.programs++;
    return startProgram([...this.director.prefix, ...argv], wishes);
  }

  /** Where an engine has started programs, it ends with them: left alone it would start them again. */
  private async stopPrograms(): Promise<void> {
    if (this.programs > 0) await this.engine.stop();
    this.programs = 0;
  }

  private get services(): readonly ServiceDocument[] {
    return [...this.inForce.values()].flatMap(({ body }) => body ?? []);
  }

  async change(documents: readonly Document<ServiceDocument>[]): Promise<readonly Fault[]> {
    const changes = documents.map((after) => ({
      key: after.key,
      before: this.inForce.get(after.key) ?? null,
      after,
    }));
    const faults = await this.engine.apply(changes, SEED);
    for (const document of documents) this.inForce.set(document.key, document);
    return faults;
  }

  /** As the link does; what fails here is tried again when the engine looks again. */
  /** As the link does it: again after a while where it fails, as when a network card is not there yet. */
  private async bringBack(engine: Engine): Promise<void> {
    for (let tries = 0; tries < 10; tries++) {
      try {
        this.faultsAfterLoss = await engine.reconcile(this.inForce, SEED);
        return;
      } catch {
        await sleep(100);
      }
    }
  }

  private document(body: ServiceDocument): Document<ServiceDocument> {
    return { key: `${body.number}`, version: ++this.version, revision: 1, body };
  }

  private recorder(): CommandRunner {
    return {
      run: (argv, options) => {
        const { input } = options ?? {};
        const text = input === undefined ? '' : typeof input === 'string' ? input : [...input].join('');
        const command = { argv, input: text };
        this.commands.push(command);
        const failure = this.sabotage?.(command) ?? false;
        if (failure !== false) {
          return Promise.reject(new CommandFailed(argv, failure === true ? null : failure, 'sabotaged'));
        }
        return this.director.exec(argv, { ...options, input: text });
      },
    };
  }
}

/** Servers `one` and `two`, numbered by the service so that no number is used twice. */
export function entries(
  serviceNumber: number,
  family: 4 | 6,
  weights: readonly [number | null, number | null],
): readonly ServerEntry[] {
  return weights.flatMap((weight, index) =>
    weight === null
      ? []
      : [
          {
            number: serviceNumber * 10 + index + 1,
            address: `${family === 4 ? '192.0.2.' : '2001:db8:2::'}${11 + index}`,
            weight,
          },
        ],
  );
}

export function service(
  number: number,
  options: Partial<Omit<ServiceDocument, 'number'>> & Pick<ServiceDocument, 'servers'>,
): ServiceDocument {
  const port = options.port ?? 80;
  return {
    kind: 'service',
    number,
    address: VIP4,
    protocol: 'tcp',
    port,
    endPort: port,
    scheduler: 'maglev',
    slots: 64,
    ...options,
  };
}

function addLanHost(network: Network, name: string, last: string, mac: string): Promise<Host> {
  return network.addHost({
    name,
    links: [{ bridge: 'lan', mac, addresses: [`192.0.2.${last}/24`, `2001:db8:2::${last}/64`] }],
    routes: [
      { to: 'default', via: '192.0.2.1' },
      { to: 'default', via: '2001:db8:2::1' },
    ],
  });
}

/** What an agent does: silence first, then the VIPs on lo. */
async function holdVipsByHand(server: Host): Promise<void> {
  for (const key of ['all', 'default']) {
    await server.sysctl(`net.ipv4.conf.${key}.arp_ignore`, 1);
    await server.sysctl(`net.ipv4.conf.${key}.arp_announce`, 2);
  }
  await server.exec(['ip', 'address', 'add', `${VIP4}/32`, 'dev', 'lo']);
  await server.exec(['ip', 'address', 'add', `${VIP6}/128`, 'dev', 'lo', 'nodad']);
}
