/**
 * What a read-back found in the maps, compared with what is wanted.
 */
import { slotsOfJump } from './steering.js';
import { placeOf, type ElementDifference } from './element-difference.js';
import type { Scope } from './doubts.js';
import { filledMaps, type Element } from './layout.js';
import type { Nft } from './nft.js';
import type { SlotReader } from './slot-reader.js';

/**
 * Up to here all slots are read when everything is brought. Above, the kernel needs seconds to hand them over; the digest of
 * each service, written in one transaction with its slots, vouches for them until the background check has added them up.
 */
const SLOTS_READ_BACK = 50_000;

export interface ElementSources {
  readonly nft: Nft;
  readonly slots: SlotReader;
}

/** Which slots are read: as many as is cheap, all of them, or none. */
export type SlotReading = 'few' | 'all' | 'none';

export class KernelElements {
  private constructor(
    private readonly found: ReadonlyMap<string, Element>,
    /** False: slots were not read, digests stand for them. */
    private readonly slotsRead: boolean,
  ) {}

  static async read(
    { nft, slots }: ElementSources,
    devices: readonly string[],
    reading: SlotReading,
  ): Promise<KernelElements> {
    const elements: Element[] = [];
    for (const map of filledMaps(devices).filter((each) => each !== 'slots')) {
      for (const each of await nft.listElements(map)) elements.push(each);
    }
    const claimed = elements.reduce((sum, element) => sum + slotCount(element), 0);
    const slotsRead = reading === 'all' || (reading === 'few' && claimed <= SLOTS_READ_BACK);
    if (slotsRead) for (const each of await slots.all()) elements.push(each);
    return new KernelElements(byPlace(elements), slotsRead);
  }

  /** What is within the scope, and nothing else. */
  static async readSome({ nft, slots }: ElementSources, scope: Scope): Promise<KernelElements> {
    const elements: Element[] = [];
    for (const map of [...scope.maps].filter((each) => each !== 'slots')) {
      for (const each of await nft.listElements(map)) elements.push(each);
    }
    const found = await (scope.slots === 'all' ? slots.all() : slots.some(scope.slots));
    for (const each of found) elements.push(each);
    return new KernelElements(byPlace(elements), true);
  }

  get isEmpty(): boolean {
    return this.found.size === 0;
  }

  /** What is missing or wrong of a document's elements. */
  differenceTo(wanted: readonly Element[]): ElementDifference {
    const vouched = !this.slotsRead && wanted.some((each) => each.map === 'digests' && this.has(each));
    const added = wanted.filter((each) => !this.has(each) && !(vouched && each.map === 'slots'));
    const unread = this.slotsRead || vouched ? [] : this.unreadSlots(wanted);
    return { added, deleted: [...added.flatMap((each) => this.inTheWay(each)), ...unread] };
  }

  /** Everything that none of the wanted elements takes the place of, but what is of the services with these numbers. */
  unwanted(wanted: Iterable<readonly Element[]>, spared: ReadonlySet<number>): readonly Element[] {
    const rest = this.places();
    for (const elements of wanted) {
      for (const element of elements) rest.delete(placeOf(element));
    }
    const elements = this.strangersAt(rest, spared);
    return this.slotsRead ? elements : elements.flatMap((each) => [each, ...slotsOfClass(each)]);
  }

  /** Of every element that was read. */
  places(): Set<string> {
    return new Set(this.found.keys());
  }

  /** The elements at these places, but what is of the services with these numbers. */
  strangersAt(places: Iterable<string>, spared: ReadonlySet<number>): readonly Element[] {
    return [...places]
      .flatMap((place) => this.found.get(place) ?? [])
      .filter((each) => !isOfService(each, spared));
  }

  private has(element: Element): boolean {
    return this.found.get(placeOf(element))?.value === element.value;
  }

  private inTheWay(element: Element): readonly Element[] {
    const there = this.found.get(placeOf(element));
    return there === undefined ? [] : [there];
  }

  /** The slots that the kernel holds for the service of these elements. */
  private unreadSlots(wanted: readonly Element[]): readonly Element[] {
    return wanted
      .filter(({ map }) => map.startsWith('classes') || map === 'spreads')
      .flatMap((each) => this.inTheWay(each))
      .flatMap(slotsOfClass);
  }
}

function byPlace(elements: readonly Element[]): ReadonlyMap<string, Element> {
  return new Map(elements.map((each) => [placeOf(each), each]));
}

const NUMBER_IS_VALUE = /^(services|ranges|quoted)/;

/** Servers belong to several services, and the kernel does not tell which: with one service all of them are spared. */
function isOfService({ map, key, value }: Element, numbers: ReadonlySet<number>): boolean {
  if (numbers.size === 0) return false;
  if (map.startsWith('backends') || map.startsWith('straight')) return true;
  const number = NUMBER_IS_VALUE.test(map) ? value : key.split(' . ')[0];
  return numbers.has(Number(number));
}

/** The element that names the chain which chooses a slot, of one service. */
function slotCount({ map, value }: Element): number {
  return map.startsWith('classes') || map === 'spreads' ? slotsOfJump(value) : 0;
}

/** Places of the slots that belong to a class element; their values are not known. */
function slotsOfClass(element: Element): readonly Element[] {
  return Array.from({ length: slotCount(element) }, (_, slot): Element => ({
    map: 'slots',
    key: `${element.key} . ${slot}`,
    value: '',
  }));
}
