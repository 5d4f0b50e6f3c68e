/**
 * The network of the engine's tests, with a real engine on its director: it is made, followed by another, given documents
 * as the link gives them, and what it does is recorded.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Document, ServiceDocument } from '../../src/contract/documents.js';
import { NOTHING_BESIDES } from '../../src/link/node-work.js';
import type { Fault } from '../../src/contract/report.js';
import { NftablesDriver } from '../../src/engine/drivers/nftables/nftables.driver.js';
import type { FlowTimeouts } from '../../src/forwarding/flow-timeouts.js';
import { Engine } from '../../src/engine/engine.js';
import type { ClaimTimes } from '../../src/engine/network/claims.js';
import {
  startProgram,
  type ProgramStarter,
  type RunningProgram,
  type StayOptions,
} from '../../src/platform/command-runner.js';
import { DirectorWatch } from '../../src/engine/watch/director-watch.js';
import { createLogger } from '../../src/platform/logger.js';
import { createDirectorMachines, DirectorHosts, type DirectorMachines } from './director-hosts.js';
import type { Host } from './namespaces.js';
import { RecordedCommands, type RunCommand } from './recorded-commands.js';
import { RecordedWire } from './recorded-wire.js';
import { SILENT_SEGMENT } from './silent-segment.js';
import { untilSo } from './until-so.js';

export const SEED = 0x5eed;

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

export class DirectorNetwork extends DirectorHosts {
  /** What engines ran on the director. */
  readonly recorded: RecordedCommands;
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
    machines: DirectorMachines,
    readonly stateDir: string,
  ) {
    super(machines);
    this.recorded = new RecordedCommands(machines.director);
    this.engine = this.newEngine();
  }

  static async create(prefix: string): Promise<DirectorNetwork> {
    const machines = await createDirectorMachines(prefix);
    const stateDir = await mkdtemp(join(tmpdir(), 'homeward-engine-'));
    return new DirectorNetwork(machines, stateDir);
  }

  /** A fresh process would know as much: the state directory and the kernel. */
  newEngine({
    interface: named,
    timeouts,
    watches = false,
    voice = false,
    ...options
  }: EngineWishes = {}): Engine {
    const { stateDir, recorded: commands } = this;
    const logger = createLogger('engine', 'silent');
    const driver = new NftablesDriver({ commands, stateDir, logger, ...(timeouts && { timeouts }) });
    const { prefix } = this.director;
    const watch = watches
      ? new DirectorWatch({ logger, isOwn: (pid) => this.deaf || driver.isOwn(pid), prefix })
      : undefined;
    driver.onOwn((pid) => watch?.own(pid));
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

  /** Everything that engines ran on the director; tests empty it. */
  get commands(): RunCommand[] {
    return this.recorded.commands;
  }

  set sabotage(sabotage: RecordedCommands['sabotage']) {
    this.recorded.sabotage = sabotage;
  }

  /** Texts that were given to nft since the commands were emptied; they are. */
  takeTransactions(): readonly string[] {
    const texts = this.recorded.transactions;
    this.commands.splice(0);
    return texts;
  }

  /** The monitors of an engine that watches listen, and whatever they gave reason to look at is over. */
  async watching(): Promise<void> {
    const listens = async () => {
      const { conditions } = await this.engine.describe();
      return conditions.some(({ type, status }) => type === 'HostWatched' && status === 'True');
    };
    await untilSo(listens, 'the monitors to listen', 5_000);
    await sleep(500);
  }

  /** What was undone and found is repaired, by all accounts. */
  async mended(): Promise<void> {
    const repaired = async () =>
      (await this.engine.describe()).drift?.latest.every((each) => each.repaired) ?? false;
    await untilSo(repaired, 'what was undone to be repaired', 10_000);
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
}
