/**
 * One comparison of the whole table with what shall be there, made beside the engine's changes and without holding them up.
 * What is changed between its begin and its end is left out: nobody knows whether it was read before or after. It begins
 * when no change is under way.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Ground } from '../../../forwarding/ground.js';
import type { ServiceInForce } from '../forwarding-driver.js';
import {
  elementDifference,
  placeOf,
  type ElementDifference,
} from '../../../forwarding/element-difference.js';
import { KernelElements, type ElementSources } from './kernel-elements.js';
import type { Element, MapName } from '../../../forwarding/layout.js';
import { serviceElements } from '../../../forwarding/service-elements.js';
import type { ReadSums } from './slot-reader.js';
import { groupOf, isSlot, sameSum, slotSums } from './slot-sum.js';

/** So many services are compared before others have their turn; with 4,096 slots each this takes some 20 ms. */
const PIECE = 10;

export interface Expected {
  readonly documents: Iterable<ServiceInForce>;
  readonly ground: Ground;
  /** Services of which whatever is there stays. */
  readonly spared: ReadonlySet<number>;
}

interface Compared {
  /** Places. */
  readonly wrong: ReadonlySet<string>;
  /** Groups of slots that seem to be others, with what they shall be. */
  readonly doubtful: ReadonlyMap<string, readonly Element[]>;
}

export class ReadBack {
  /** Places of elements but slots, and groups of slots. */
  private readonly touched = new Set<string>();
  private over = false;

  constructor(
    private readonly sources: ElementSources,
    /** As of when it is asked. */
    private readonly expected: () => Expected,
  ) {}

  /** The engine is about to change this. */
  touch({ added, deleted }: ElementDifference): void {
    for (const each of [...added, ...deleted]) this.touched.add(isSlot(each) ? groupOf(each) : placeOf(each));
  }

  /** Everything is brought in line: there is nothing left to find. */
  abandon(): void {
    this.over = true;
  }

  /** The maps that hold something else than they shall. */
  async deviatingMaps(): Promise<readonly string[]> {
    const kernel = await KernelElements.read(this.sources, this.expected().ground.devices, 'none');
    const read = await this.sources.slots.sums();
    const { wrong, doubtful } = await this.compare(kernel, read);
    const slots = await this.deviatingSlots(doubtful, read);
    if (this.over) return [];
    const places = [...wrong].filter((place) => !this.touched.has(place));
    return [...new Set([...places, ...slots].map((place) => place.split(' ', 1)[0] ?? ''))];
  }

  private async compare(kernel: KernelElements, { sums }: ReadSums): Promise<Compared> {
    const { documents, ground, spared } = this.expected();
    const wrong = new Set<string>();
    const rest = kernel.places();
    const unknown = new Set(sums.keys());
    const doubtful = new Map<string, readonly Element[]>();
    let compared = 0;
    // Those that come and go meanwhile are touched.
    for (const { body } of documents) {
      if (compared++ % PIECE === 0) await breathe();
      if (this.over) break;
      const elements = serviceElements(body, ground);
      for (const [group, sum] of slotSums(elements)) {
        unknown.delete(group);
        if (!sameSum(sums.get(group), sum)) doubtful.set(group, slotsIn(elements, group));
      }
      const others = elements.filter((each) => !isSlot(each));
      for (const each of others) rest.delete(placeOf(each));
      const { added, deleted } = kernel.differenceTo(others);
      // Of a digest that is another it would say that all slots are to go.
      const wrongOnes = [...added, ...deleted].filter(({ map }) => kernel.isRead(map));
      for (const each of wrongOnes) wrong.add(placeOf(each));
    }
    for (const each of kernel.strangersAt(rest, spared)) wrong.add(placeOf(each));
    for (const group of unknown) if (!kernel.isOfService(slotOf(group), spared)) doubtful.set(group, []);
    return { wrong, doubtful };
  }

  /** Places, or groups. Sums that were made while something changed are no proof: single slots are asked for. */
  private async deviatingSlots(
    doubtful: Compared['doubtful'],
    { sure }: ReadSums,
  ): Promise<readonly string[]> {
    const left = () => [...doubtful].filter(([group]) => !this.touched.has(group));
    const groups = left();
    // Of a service that nobody knows any slot is one too many, however often it was read.
    if (sure || groups.some(([, slots]) => slots.length === 0)) return groups.map(([group]) => group);
    const places = groups.flatMap(([, slots]) => slots.map(placeOf));
    const found = await this.sources.slots.some(new Set(places));
    const wanted = left().flatMap(([, slots]) => slots);
    return elementDifference(found, wanted).added.map(placeOf);
  }
}

function slotsIn(elements: readonly Element[], group: string): readonly Element[] {
  return elements.filter((each) => isSlot(each) && groupOf(each) === group);
}

/** Any of a group. */
function slotOf(group: string): Element {
  const [map = '', ...service] = group.split(' ');
  return { map: map as MapName, key: `${service.join(' ')} . 0`, value: '' };
}
