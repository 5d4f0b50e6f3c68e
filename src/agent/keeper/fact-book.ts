/** The facts that an agent knows about VIPs, and which of them the control plane has not heard yet. */
import type { ReportedVip } from '../../contract/report.js';

export class FactBook {
  readonly #facts = new Map<string, ReportedVip>();
  /** Address to the number of the change; a fact that changes again while a report is under way stays unheard. */
  readonly #unheard = new Map<string, number>();
  readonly #released = new Set<string>();
  #changes = 0;
  #described = 0;

  /** True when this is news. `released`: the VIP is not to be listed once this was heard. */
  put(fact: ReportedVip, released = false): boolean {
    const { address } = fact;
    if (released) this.#released.add(address);
    else this.#released.delete(address);
    if (isSameFact(this.#facts.get(address), fact)) {
      this.#forgetReleased(address);
      return false;
    }
    this.#facts.set(address, fact);
    this.#unheard.set(address, ++this.#changes);
    return true;
  }

  /** Describes anew what is known of these VIPs. True when there is news. */
  update(addresses: readonly string[], describe: (fact: ReportedVip) => ReportedVip): boolean {
    const known = addresses.flatMap((address) => this.#facts.get(address) ?? []);
    return known.map((fact) => this.put(describe(fact), this.#released.has(fact.address))).includes(true);
  }

  /** Nobody can see any more whether the VIPs that are bound are silent. */
  doubt(reason: string, message: string): void {
    for (const fact of [...this.#facts.values()].filter(({ bound }) => bound)) {
      this.put({ ...fact, silent: false, reason, message }, this.#released.has(fact.address));
    }
  }

  /** All VIPs of which something is known. */
  get addresses(): Iterable<string> {
    return this.#facts.keys();
  }

  isBound(address: string): boolean {
    return this.#facts.get(address)?.bound ?? false;
  }

  describe(complete: boolean): ReportedVip[] {
    this.#described = this.#changes;
    if (complete) return [...this.#facts.values()];
    return [...this.#unheard.keys()].flatMap((address) => this.#facts.get(address) ?? []);
  }

  /** The last description arrived. */
  heard(): void {
    for (const [address, change] of this.#unheard) {
      if (change > this.#described) continue;
      this.#unheard.delete(address);
      this.#forgetReleased(address);
    }
  }

  /** Once it was heard. */
  #forgetReleased(address: string): void {
    if (this.#unheard.has(address)) return;
    if (this.#released.delete(address)) this.#facts.delete(address);
  }
}

function isSameFact(before: ReportedVip | undefined, after: ReportedVip): boolean {
  return (
    before !== undefined &&
    before.bound === after.bound &&
    before.silent === after.silent &&
    before.reason === after.reason &&
    before.message === after.message &&
    JSON.stringify(before.services) === JSON.stringify(after.services)
  );
}
