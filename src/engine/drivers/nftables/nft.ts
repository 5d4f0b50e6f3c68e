/**
 * The few things that are asked of the program `nft`, each in the cheapest form: nft 1.0.6 reads the elements of a
 * whole table before it lists a single chain, and `list ruleset` with -t is the one listing that spares them.
 */
import { CommandFailed, type CommandRunner } from '../../../platform/command-runner.js';
import type { ElementDifference } from '../../../forwarding/element-difference.js';
import { BATCH_SENDER } from './batch-sender.js';
import { elementBatch } from './element-batch.js';
import { isRefusal } from './is-refusal.js';
import { KERNEL_FILLED_MAPS, SETS, TABLE, type Element, type MapName } from '../../../forwarding/layout.js';
import { listedElements } from './listed-elements.js';

/** Ten thousand services in one transaction take 5 s on a slow machine. */
const LOAD_TIMEOUT_MS = 120_000;

/** So many processes of ours are remembered: more than ever tell of their work late. */
const REMEMBERED = 256;

export class Nft {
  /** Is told of each process that changes the kernel's tables, before it does. */
  onOwn: (pid: number) => void = () => undefined;
  private shown: string | undefined;
  private readonly processes = new Set<number>();

  constructor(private readonly commands: CommandRunner) {}

  /** Of the program as it was when it was first asked. */
  async version(): Promise<string> {
    this.shown ??= await this.commands.run(['nft', '--version']);
    return /v(\S+)/.exec(this.shown)?.[1] ?? this.shown.trim();
  }

  /** One transaction. */
  async load(text: string | Iterable<string>): Promise<void> {
    const onStart = (pid: number): void => this.remember(pid);
    await this.commands.run(['nft', '-f', '-'], { input: text, timeoutMs: LOAD_TIMEOUT_MS, onStart });
  }

  /**
   * The same, where very many elements come and none goes: the kernel is told without nft.
   * @returns false: it was not, and nothing changed; as text it may be, or nft tells why not.
   */
  async put(steps: readonly ElementDifference[]): Promise<boolean> {
    const batch = elementBatch(steps);
    if (batch === undefined) return false;
    const onStart = (pid: number): void => this.remember(pid);
    try {
      const argv = ['perl', '-e', BATCH_SENDER, `${batch.messages}`] as const;
      await this.commands.run(argv, { input: batch.hex, timeoutMs: LOAD_TIMEOUT_MS, onStart });
      return true;
    } catch (error) {
      if (error instanceof CommandFailed) return false;
      throw error;
    }
  }

  /** Empties the maps that the kernel fills from packets. */
  forgetFlows(): Promise<void> {
    return this.load(KERNEL_FILLED_MAPS.map((map) => `flush map ${TABLE} ${map}\n`).join(''));
  }

  /** Whether a process that changed the kernel's tables was one of these. */
  isOwn(pid: number): boolean {
    return this.processes.has(pid);
  }

  /** The fixed part of our table as nft prints it; undefined when there is no such table. */
  async listFixedPart(): Promise<string | undefined> {
    const listed = await this.commands.run(['nft', '-t', 'list', 'ruleset', 'netdev']);
    const start = listed.indexOf(`table ${TABLE} {`);
    return start < 0 ? undefined : listed.slice(start, listed.indexOf('\n}', start) + 2);
  }

  /** None where there is no such map. */
  async listElementsIfThere(map: MapName): Promise<readonly Element[]> {
    try {
      return await this.listElements(map);
    } catch (error) {
      if (isRefusal(error)) return [];
      throw error;
    }
  }

  async listElements(map: MapName): Promise<readonly Element[]> {
    const kind = SETS.has(map) ? 'set' : 'map';
    const json = await this.commands.run(['nft', '-j', 'list', kind, ...TABLE_WORDS, map], {
      timeoutMs: LOAD_TIMEOUT_MS,
    });
    return listedElements(map, json);
  }

  private remember(pid: number): void {
    this.processes.delete(pid);
    this.processes.add(pid);
    const [oldest] = this.processes;
    if (this.processes.size > REMEMBERED && oldest !== undefined) this.processes.delete(oldest);
    this.onOwn(pid);
  }
}

const TABLE_WORDS = TABLE.split(' ');
