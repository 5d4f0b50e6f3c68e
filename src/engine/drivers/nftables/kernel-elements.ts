/**
 * What a read-back found in the maps, compared with what is wanted.
 */
import { slotsOfJump } from './steering.js';
import { placeOf, type ElementDifference } from './element-difference.js';
import { filledMaps, type Element, type MapName } from './layout.js';
import type { Nft } from './nft.js';

/**
 * Up to here all slots are read back. nft needs 20 s and 850 MB to list 640,000 of them; above the limit the digest
 * of each service, written in one transaction with its slots, vouches for them.
 */
const SLOTS_READ_BACK = 50_000;

export class KernelElements {
  private suspects: ReadonlySet<string> = new Set();

  private constructor(
    private readonly found: ReadonlyMap<string, Element>,
    /** False: slots were not read, digests stand for them. */
    private readonly slotsRead: boolean,
  ) {}

  static async read(nft: Nft, devices: readonly string[], thorough: boolean): Promise<KernelElements> {
    const found = new Map<string, Element>();
    const take = async (map: MapName) => {
      for (const { key, value } of await nft.listElements(map)) {
        found.set(placeOf({ map, key }), { map, key, value });
      }
    };
    for (const map of filledMaps(devices).filter((each) => each !== 'slots')) await take(map);
    const claimed = [...found.values()].reduce((sum, element) => sum + slotCount(element), 0);
    const slotsRead = thorough || claimed <= SLOTS_READ_BACK;
    if (slotsRead) await take('slots');
    return new KernelElements(found, slotsRead);
  }

  get isEmpty(): boolean {
    return this.found.size === 0;
  }

  /** Numbers of services for whose slots no digest vouches. */
  distrust(numbers: ReadonlySet<number>): void {
    this.suspects = new Set([...numbers].map(String));
  }

  /** What is missing or wrong of a document's elements. */
  differenceTo(wanted: readonly Element[]): ElementDifference {
    const vouched = !this.slotsRead && wanted.some((each) => each.map === 'digests' && this.has(each));
    const suspect = vouched && wanted.some(({ map, key }) => map === 'digests' && this.suspects.has(key));
    // To add a slot that is there as wanted does no harm; one that is there otherwise is refused, and then read.
    const added = wanted.filter((each) => !this.has(each) && !(vouched && !suspect && each.map === 'slots'));
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
