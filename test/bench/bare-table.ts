/**
 * The floor: a table of the same rules and as many elements in the bench's own namespace, changed by nothing but
 * `nft -f -`, spawned as the engine spawns it.
 */
import { spawn } from 'node:child_process';
import type { ServiceDocument } from '../../src/contract/documents.js';
import { systemCommands } from '../../src/platform/command-runner.js';
import type { Ground } from '../../src/engine/ground.js';
import { addedService } from './change-events.js';
import { ElementWatch, WATCH_PROGRAM, type ElementEvent } from './element-watch.js';
import { changeText, tableText } from './table-text.js';

const LOAD_LIMIT_MS = 120_000;

export interface FloorTime {
  /** From the spawn to the commit, seen as Homeward's commits are. */
  readonly committedMs: number;
  /** From the spawn to nft's exit; a transaction with a deletion in it waits there for an RCU grace period. */
  readonly exitedMs: number;
}

export class BareTable {
  private constructor(
    private readonly ground: Ground,
    private readonly watch: ElementWatch,
  ) {}

  static async load(services: Iterable<ServiceDocument>, ground: Ground): Promise<BareTable> {
    await nft(tableText(services, ground));
    const watch = new ElementWatch(spawn('perl', [WATCH_PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] }));
    await watch.listening;
    return new BareTable(ground, watch);
  }

  async change(before: ServiceDocument, after: ServiceDocument): Promise<FloorTime> {
    const text = changeText(before, after, this.ground);
    const isIt = (event: ElementEvent): boolean => event.verb === 'add' && event.map === 'digests';
    return this.time(text, isIt);
  }

  /** Adds a service that is not there, and takes it away again untimed. */
  async add(service: ServiceDocument): Promise<FloorTime> {
    const time = await this.time(changeText(null, service, this.ground), addedService(service.address));
    await nft(changeText(service, null, this.ground));
    return time;
  }

  async close(): Promise<void> {
    this.watch.stop();
    await nft('delete table netdev homeward\n');
  }

  private async time(text: string, isIt: (event: ElementEvent) => boolean): Promise<FloorTime> {
    const seen = this.watch.seen('the floor', isIt);
    const began = performance.now();
    await nft(text);
    const exitedMs = performance.now() - began;
    return { committedMs: (await seen) - began, exitedMs };
  }
}

/** One whole table in one transaction, into a namespace without any; resolves to how long that took. */
export async function timeBareLoad(services: Iterable<ServiceDocument>, ground: Ground): Promise<number> {
  const text = [...tableText(services, ground)].join('');
  const began = performance.now();
  await nft(text);
  const loadedMs = performance.now() - began;
  await nft('delete table netdev homeward\n');
  return loadedMs;
}

async function nft(input: string | Iterable<string>): Promise<void> {
  await systemCommands.run(['nft', '-f', '-'], { input, timeoutMs: LOAD_LIMIT_MS });
}
