/** Which VIPs are not as they shall be, and which version of a document is in force all the same. */
import type { Fault, VipFact } from '../../contract/report.js';
import type { VipTrouble } from '../plan/judge-host.js';

export class VipTroubles {
  readonly #troubles = new Map<string, VipTrouble>();
  /** Versions that were last found in force. */
  readonly #inForce = new Map<string, number>();

  /** `version`: of the document that asks for the VIP, if any. */
  judged({ address, bound, silent }: VipFact, version: number | undefined): void {
    if (!bound) this.#inForce.delete(address);
    else if (silent && version !== undefined) this.#inForce.set(address, version);
  }

  add(key: string, trouble: VipTrouble): void {
    this.#troubles.set(key, trouble);
  }

  delete(key: string): void {
    this.#troubles.delete(key);
  }

  clear(): void {
    this.#troubles.clear();
  }

  get none(): boolean {
    return this.#troubles.size === 0;
  }

  faults(): Fault[] {
    return [...this.#troubles].map(([key, { bound, reason, message }]) => {
      const versionInForce = bound ? (this.#inForce.get(key) ?? null) : null;
      return { key, versionInForce, reason, message };
    });
  }
}
