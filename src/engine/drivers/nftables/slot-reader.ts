/**
 * Reads slots from the kernel, of which there are far more than of anything else: nft needs 8 s to list 320,000 of them, and
 * this 2 s, nearly all of it the kernel's own. Where there is no Perl, nft lists them after all.
 */
import { CommandFailed, type CommandRunner } from '../../../platform/command-runner.js';
import { askKernel, getRequest, parseReading } from './element-reader.js';
import { keyDigits, spelledKey, spelledValue } from './named-elements.js';
import { placeOf } from '../../../forwarding/element-difference.js';
import type { Element, MapName } from '../../../forwarding/layout.js';
import type { Nft } from './nft.js';
import { SLOT_MAPS, slotSums, type SlotSum } from './slot-sum.js';

/** A million slots take the kernel half a minute. */
const SECONDS = 100;

const SUM = /^sum (\S+) (\S+) (\d+) (\d+)$/gm;
const SLOT = /^slot (\d+) (\d+) (\d+)$/gm;

/** How often all are read where somebody changes them meanwhile. */
const TRIES = 3;
const INTERRUPTED = '\ninterrupted\n';

/** As Node says that there is no such program. */
const NO_PERL = /ENOENT/;

export interface ReadSums {
  /** By group, see slot-sum.ts. */
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

  /** Those at these places that are there, also of other maps with very many elements. */
  async some(places: ReadonlySet<string>): Promise<readonly Element[]> {
    if (places.size === 0) return [];
    const named = [...places].map(placed);
    const printed = await this.ask(named.map(({ map, key }) => getRequest(map, keyDigits(map, key))));
    if (printed === undefined) return this.listed(new Set(named.map(({ map }) => map)), places);
    return parseReading(printed).found.map(({ map, key, value }) => ({
      map: map as MapName,
      key: spelledKey(map, key),
      value: spelledValue(map, value),
    }));
  }

  private async listed(maps: Iterable<MapName>, places: ReadonlySet<string>): Promise<readonly Element[]> {
    const elements: Element[] = [];
    for (const map of maps) {
      for (const each of await this.nft.listElements(map)) if (places.has(placeOf(each))) elements.push(each);
    }
    return elements;
  }

  /** Of all maps with slots, at the least priority: this goes on in the background. */
  async sums(): Promise<ReadSums> {
    const printed = await this.ask(['gently', ...SLOT_MAPS.map((map) => `sums ${map}`)]);
    if (printed === undefined) return { sums: await this.listedSums(), sure: true };
    const sums = [...printed.matchAll(SUM)].map(
      ([, map = '', service = '', count, sum]): [string, SlotSum] => [
        `${map} ${spelledKey(map, service)}`,
        { count: Number(count), sum: Number(sum) },
      ],
    );
    return { sums: new Map(sums), sure: !printed.includes(INTERRUPTED) };
  }

  private async listedSums(): Promise<ReadonlyMap<string, SlotSum>> {
    const sums = new Map<string, SlotSum>();
    for (const map of SLOT_MAPS) {
      for (const [group, sum] of slotSums(await this.nft.listElements(map))) sums.set(group, sum);
    }
    return sums;
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

function placed(place: string): Pick<Element, 'map' | 'key'> {
  const space = place.indexOf(' ');
  return { map: place.slice(0, space) as MapName, key: place.slice(space + 1) };
}
