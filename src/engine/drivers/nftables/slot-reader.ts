/**
 * Reads slots from the kernel, of which there are far more than of anything else: nft needs 8 s to list 320,000 of them, and
 * this 2 s, nearly all of it the kernel's own. Where there is no Perl, nft lists them after all.
 */
import { CommandFailed, type CommandRunner } from '../../../platform/command-runner.js';
import { askKernel, getRequest, parseReading } from './element-reader.js';
import { numberKey, numberOf } from './kernel-keys.js';
import type { Element } from '../../../forwarding/layout.js';
import type { Nft } from './nft.js';
import { slotSums, type SlotSum } from './slot-sum.js';

/** A million slots take the kernel half a minute. */
const SECONDS = 100;

const SUM = /^sum (\d+) (\d+) (\d+)$/gm;
const SLOT = /^slot (\d+) (\d+) (\d+)$/gm;

/** How often all are read where somebody changes them meanwhile. */
const TRIES = 3;
const INTERRUPTED = '\ninterrupted\n';

/** As Node says that there is no such program. */
const NO_PERL = /ENOENT/;

export interface ReadSums {
  readonly sums: ReadonlyMap<string, SlotSum>;
  /** False: something was changed meanwhile, and some slots may be missing in a sum, or be in it twice. */
  readonly sure: boolean;
}

export class SlotReader {
  constructor(
    private readonly commands: CommandRunner,
    private readonly nft: Nft,
  ) {}

  /** Every slot that is there. */
  async all(tries = TRIES): Promise<readonly Element[]> {
    const printed = await this.ask(['slots']);
    if (printed === undefined) return this.nft.listElements('slots');
    if (printed.includes(INTERRUPTED) && tries > 1) return this.all(tries - 1);
    return [...printed.matchAll(SLOT)].map(([, service = '', slot = '', server = '']) =>
      element(`${service} . ${slot}`, server),
    );
  }

  /** Those of these keys that are there. */
  async some(keys: ReadonlySet<string>): Promise<readonly Element[]> {
    if (keys.size === 0) return [];
    const printed = await this.ask([...keys].map((key) => getRequest('slots', hexadecimal(key))));
    if (printed === undefined) return (await this.all()).filter(({ key }) => keys.has(key));
    return parseReading(printed).found.map(({ key, value }) => element(spelled(key), `${numberOf(value)}`));
  }

  /** By service, at the least priority: this goes on in the background. */
  async sums(): Promise<ReadSums> {
    const printed = await this.ask(['gently', 'sums']);
    if (printed === undefined) return { sums: slotSums(await this.nft.listElements('slots')), sure: true };
    const sums = [...printed.matchAll(SUM)].map(([, service = '', count, sum]): [string, SlotSum] => [
      service,
      { count: Number(count), sum: Number(sum) },
    ]);
    return { sums: new Map(sums), sure: !printed.includes(INTERRUPTED) };
  }

  /** Undefined where there is no Perl. */
  private async ask(requests: readonly string[]): Promise<string | undefined> {
    try {
      const printed = await askKernel(this.commands, requests, SECONDS);
      if (!printed.endsWith('done\n')) throw new Error('the slots in the kernel could not be read in time');
      return printed;
    } catch (error) {
      if (error instanceof CommandFailed && NO_PERL.test(error.stderr)) return undefined;
      throw error;
    }
  }
}

function element(key: string, value: string): Element {
  return { map: 'slots', key, value };
}

function hexadecimal(key: string): string {
  return key
    .split(' . ')
    .map((part) => numberKey(Number(part)))
    .join('');
}

function spelled(key: string): string {
  return `${numberOf(key.slice(0, 8))} . ${numberOf(key.slice(8))}`;
}
