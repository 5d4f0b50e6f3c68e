/**
 * What follows when it is known who has VIPs that were asked about: the free ones are taken, and the services of those
 * that somebody has, or had, are told of anew.
 */
import type { ServiceInForce } from './drivers/forwarding-driver.js';
import type { Turns } from './turns.js';
import type { Vips } from './vips.js';

export class Settling {
  /** Has these documents applied again. */
  onDue: (keys: readonly string[]) => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly turns: Turns,
    private readonly vips: Vips,
    private readonly wanted: () => ReadonlyMap<string, ServiceInForce>,
    /** Has everything brought in line again. */
    private readonly onLost: () => void,
  ) {}

  async settle(settled: readonly string[]): Promise<void> {
    try {
      await this.turns.take(() => this.vips.settle(settled));
    } catch {
      return this.onLost();
    }
    const worth = this.vips.worthTelling(settled);
    if (worth.size === 0) return;
    const told = [...this.wanted().values()].filter(({ body }) => worth.has(body.address));
    await this.onDue(told.map(({ key }) => key));
  }
}
