/**
 * One comparison of the whole table with what shall be there, made beside the engine's changes and without holding them up.
 * What is changed between its begin and its end is left out: nobody knows whether it was read before or after. It begins
 * when no change is under way.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Ground } from '../../ground.js';
import type { ServiceInForce } from '../forwarding-driver.js';
import { placeOf, type ElementDifference } from './element-difference.js';
import { KernelElements } from './kernel-elements.js';
import type { Nft } from './nft.js';
import { serviceElements } from './service-elements.js';

/** So many services are compared before others have their turn; with 4,096 slots each this takes some 20 ms. */
const PIECE = 10;

export interface Expected {
  readonly documents: Iterable<ServiceInForce>;
  readonly ground: Ground;
  /** Services of which whatever is there stays. */
  readonly spared: ReadonlySet<number>;
}

export class ReadBack {
  private readonly touched = new Set<string>();
  private over = false;

  constructor(
    private readonly nft: Nft,
    /** As of when it is asked. */
    private readonly expected: () => Expected,
  ) {}

  /** The engine is about to change this. */
  touch({ added, deleted }: ElementDifference): void {
    for (const each of [...added, ...deleted]) this.touched.add(placeOf(each));
  }

  /** Everything is brought in line: there is nothing left to find. */
  abandon(): void {
    this.over = true;
  }

  /** The maps that hold something else than they shall. */
  async deviatingMaps(): Promise<readonly string[]> {
    const kernel = await KernelElements.read(this.nft, this.expected().ground.devices, false);
    const wrong = await this.wrongPlaces(kernel);
    if (this.over) return [];
    const places = [...wrong].filter((place) => !this.touched.has(place));
    return [...new Set(places.map((place) => place.split(' ', 1)[0] ?? ''))];
  }

  private async wrongPlaces(kernel: KernelElements): Promise<ReadonlySet<string>> {
    const { documents, ground, spared } = this.expected();
    const wrong = new Set<string>();
    const rest = kernel.places();
    let compared = 0;
    // Those that come and go meanwhile are touched.
    for (const { body } of documents) {
      if (compared++ % PIECE === 0) await breathe();
      if (this.over) break;
      const elements = serviceElements(body, ground);
      for (const each of elements) rest.delete(placeOf(each));
      const { added, deleted } = kernel.differenceTo(elements);
      for (const each of [...added, ...deleted]) wrong.add(placeOf(each));
    }
    for (const each of kernel.strangersAt(rest, spared)) wrong.add(placeOf(each));
    return wrong;
  }
}
