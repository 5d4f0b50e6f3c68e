/**
 * What a read-back found in the maps, compared with what is wanted.
 */
import { slotsOfJump } from '../../../forwarding/steering.js';
import { placeOf, type ElementDifference } from '../../../forwarding/element-difference.js';
import type { Scope } from './doubts.js';
import { FAMILIES, filledMaps, type Element, type Family, type MapName } from '../../../forwarding/layout.js';
import { hasNamedElements } from './named-elements.js';
import type { Nft } from './nft.js';
import type { SlotReader } from './slot-reader.js';
import { serviceOfStraight, straightKeys } from '../../../forwarding/straight-keys.js';
import { wayBeside, type StraightWay } from '../../../forwarding/straight-rules.js';

/**
 * Up to here all slots are read when everything is brought. Above, the kernel needs seconds to hand them over; the digest of
 * each service, written in one transaction with its slots, vouches for them until the background check has added them up.
 * The slots of the short way have this limit for themselves.
 */
const SLOTS_READ_BACK = 50_000;

export interface ElementSources {
  readonly nft: Nft;
  readonly slots: SlotReader;
}

/** Which slots are read: as many as is cheap, all of them, or none. */
export type SlotReading = 'few' | 'all' | 'none';

export class KernelElements {
  /** By number, once somebody asks. */
  private services: ReadonlyMap<string, Omit<ShortWay, 'way'>> | undefined;

  private constructor(
    private readonly found: ReadonlyMap<string, Element>,
    /** Maps of slots that were not read: digests stand for them. */
    private readonly unread: ReadonlySet<MapName>,
  ) {}

  static async read(
    { nft, slots }: ElementSources,
    devices: readonly string[],
    reading: SlotReading,
  ): Promise<KernelElements> {
    const all = filledMaps(devices);
    const elements: Element[] = [];
    const list = async (maps: readonly MapName[]) => {
      for (const map of maps) for (const each of await nft.listElements(map)) elements.push(each);
    };
    await list(all.filter((map) => map !== 'slots' && !isStraight(map)));
    const beside = new KernelElements(byPlace(elements), new Set(all));
    const fewStraight = reading === 'few' && beside.straightSlots() <= SLOTS_READ_BACK;
    const straightRead = reading === 'all' || fewStraight;
    if (straightRead) await list(all.filter(isStraight));
    const claimed = elements.reduce((sum, element) => sum + slotCount(element), 0);
    const slotsRead = reading === 'all' || (reading === 'few' && claimed <= SLOTS_READ_BACK);
    if (slotsRead) for (const each of await slots.all()) elements.push(each);
    const unread = all.filter((map) => (isStraight(map) ? !straightRead : map === 'slots' && !slotsRead));
    return new KernelElements(byPlace(elements), new Set(unread));
  }

  /** Of a table that was made just now. */
  static none(): KernelElements {
    return new KernelElements(new Map(), new Set());
  }

  /** What is within the scope, and nothing else. */
  static async readSome({ nft, slots }: ElementSources, scope: Scope): Promise<KernelElements> {
    const elements: Element[] = [];
    const take = (found: readonly Element[]) => {
      for (const each of found) elements.push(each);
    };
    for (const map of scope.maps) {
      if (scope.places !== 'all' && hasNamedElements(map)) continue;
      take(await (map === 'slots' ? slots.all() : nft.listElements(map)));
    }
    if (scope.places !== 'all') take(await slots.some(scope.places));
    return new KernelElements(byPlace(elements), new Set());
  }

  get isEmpty(): boolean {
    return this.found.size === 0;
  }

  /** What is missing or wrong of a document's elements. */
  differenceTo(wanted: readonly Element[]): ElementDifference {
    if (this.isEmpty) return { added: wanted, deleted: [] };
    const vouched = wanted.some((each) => each.map === 'digests' && this.has(each));
    const added = wanted.filter((each) => !this.has(each) && !(vouched && this.unread.has(each.map)));
    const unread = vouched ? [] : this.unreadSlots(wanted);
    return { added, deleted: [...added.flatMap((each) => this.inTheWay(each)), ...unread] };
  }

  /** Everything that none of the wanted elements takes the place of, but what is of the services with these numbers. */
  unwanted(wanted: Iterable<readonly Element[]>, spared: ReadonlySet<number>): readonly Element[] {
    const rest = this.places();
    for (const elements of wanted) {
      for (const element of elements) rest.delete(placeOf(element));
    }
    return this.strangersAt(rest, spared).flatMap((each) => [each, ...this.unreadSlotsOf(each)]);
  }

  /** Whether what is there was looked at. */
  isRead(map: MapName): boolean {
    return !this.unread.has(map);
  }

  /** Of every element that was read. */
  places(): Set<string> {
    return new Set(this.found.keys());
  }

  /** The elements at these places, but what is of the services with these numbers. */
  strangersAt(places: Iterable<string>, spared: ReadonlySet<number>): readonly Element[] {
    return [...places]
      .flatMap((place) => this.found.get(place) ?? [])
      .filter((each) => !this.isOfService(each, spared));
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
      .filter(({ map }) => map.startsWith('classes') || map === 'spreads' || map === 'stateless')
      .flatMap((each) => this.inTheWay(each))
      .flatMap((each) => this.unreadSlotsOf(each));
  }

  private unreadSlotsOf(element: Element): readonly Element[] {
    if (this.unread.size === 0) return [];
    return [...slotsOfClass(element), ...this.straightOf(element)].filter(({ map }) => this.unread.has(map));
  }

  /** Of the short way, which a service has as long as it is among `stateless`; their values are not known. */
  private straightOf(element: Element): readonly Element[] {
    const short = this.shortWayOf(element);
    if (short === undefined) return [];
    const { family, service, way } = short;
    return straightKeys(service, family, way).map((key) => ({ map: `straight${family}`, key, value: '' }));
  }

  private straightSlots(): number {
    return [...this.found.values()].reduce((sum, each) => sum + (this.shortWayOf(each)?.way.slots ?? 0), 0);
  }

  private shortWayOf({ map, key }: Element): ShortWay | undefined {
    const service = map === 'stateless' ? this.serviceWith(key) : undefined;
    if (service === undefined) return undefined;
    const { family } = service;
    const way = wayBeside(this.found.get(placeOf({ map: `classes${family}`, key }))?.value ?? '');
    return way && { ...service, way };
  }

  /** By its number; none of a range of ports, which has no short way. */
  private serviceWith(number: string): Omit<ShortWay, 'way'> | undefined {
    this.services ??= new Map(
      FAMILIES.flatMap((family) =>
        [...this.found.values()]
          .filter(({ map }) => map === `services${family}`)
          .map(({ key, value }) => [value, { family, service: key }]),
      ),
    );
    return this.services.get(number);
  }

  /** What nothing tells the service of, as of a server, is spared with any of them. */
  isOfService(element: Element, numbers: ReadonlySet<number>): boolean {
    if (numbers.size === 0) return false;
    const number = this.numberIn(element);
    return number === undefined || numbers.has(Number(number));
  }

  private numberIn({ map, key, value }: Element): string | undefined {
    if (NUMBER_IS_VALUE.test(map)) return value;
    if (map.startsWith('backends')) return undefined;
    const services = STRAIGHT[map];
    if (services === undefined) return key.split(' . ')[0];
    return this.found.get(placeOf({ map: services, key: serviceOfStraight(key) }))?.value;
  }
}

interface ShortWay {
  readonly family: Family;
  /** Its key in `services4` or `services6`. */
  readonly service: string;
  readonly way: StraightWay;
}

function byPlace(elements: readonly Element[]): ReadonlyMap<string, Element> {
  return new Map(elements.map((each) => [placeOf(each), each]));
}

const NUMBER_IS_VALUE = /^(services|ranges|quoted)/;

/** Maps of the short way, and where their services stand. */
const STRAIGHT: Readonly<Partial<Record<MapName, MapName>>> = {
  straight4: 'services4',
  straight6: 'services6',
};

export function isStraight(map: MapName): boolean {
  return map in STRAIGHT;
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
