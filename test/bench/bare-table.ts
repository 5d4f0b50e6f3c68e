/**
 * The floor: a table of the same rules and as many elements in the bench's own namespace, changed by nothing but
 * `nft -f -`, spawned as the engine spawns it.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServiceDocument } from '../../src/contract/documents.js';
import type { Ground } from '../../src/forwarding/ground.js';
import { systemCommands } from '../../src/platform/command-runner.js';
import { serviceEvent, slotsEvent } from './change-events.js';
import type { FloorOrder, FloorTime } from './floor-messages.js';
import { changeText, tableText } from './table-text.js';

const PROGRAM = fileURLToPath(new URL('./floor-program.js', import.meta.url));
const LOAD_LIMIT_MS = 120_000;

export class BareTable {
  private constructor(
    private readonly ground: Ground,
    private readonly program: ChildProcess,
  ) {}

  static async load(services: Iterable<ServiceDocument>, ground: Ground): Promise<BareTable> {
    await nft(tableText(services, ground));
    const program = fork(PROGRAM);
    await once(program, 'message');
    return new BareTable(ground, program);
  }

  change(before: ServiceDocument, after: ServiceDocument): Promise<FloorTime> {
    return this.tell({ text: changeText(before, after, this.ground), wanted: slotsEvent(after.number) });
  }

  /** Adds a service that is not there, and takes it away again untimed. */
  async add(service: ServiceDocument): Promise<FloorTime> {
    const wanted = serviceEvent('add', service.address);
    const time = await this.tell({ text: changeText(null, service, this.ground), wanted });
    await this.tell({ text: changeText(service, null, this.ground) });
    return time;
  }

  async close(): Promise<void> {
    const gone = once(this.program, 'exit');
    this.program.disconnect();
    await gone;
    await nft(DELETE_TABLE);
  }

  private async tell(order: FloorOrder): Promise<FloorTime> {
    this.program.send(order);
    const [time] = (await once(this.program, 'message')) as [FloorTime];
    return time;
  }
}

/** One whole table in one transaction, into a namespace without any; resolves to how long that took. */
export async function timeBareLoad(services: Iterable<ServiceDocument>, ground: Ground): Promise<number> {
  const text = [...tableText(services, ground)].join('');
  const began = performance.now();
  await nft(text);
  const loadedMs = performance.now() - began;
  await nft(DELETE_TABLE);
  return loadedMs;
}

const DELETE_TABLE = 'delete table netdev homeward\n';

async function nft(input: string | Iterable<string>): Promise<void> {
  await systemCommands.run(['nft', '-f', '-'], { input, timeoutMs: LOAD_LIMIT_MS });
}
