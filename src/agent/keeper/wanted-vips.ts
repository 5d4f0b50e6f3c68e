/**
 * The VIPs that the documents name, and which of them are refused. What a VIP is by itself is judged once, when its
 * document comes; what it is on this host, whenever the host was looked at.
 */
import type { Document, VipDocument, VipService } from '../../contract/documents.js';
import { isIpv6 } from '../../contract/canonical-address.js';
import { addressPlaces, needsSettings } from '../../setup/host-plan/seen-host.js';
import type { HostView, Silence } from '../plan/host-view.js';
import { refuseAddress, refuseHere, type VipRefusal } from '../plan/refuse-vip.js';

interface Wanted {
  readonly version: number;
  /** It must not be put on any host. */
  readonly unusable: VipRefusal | undefined;
}

export class WantedVips {
  readonly #wanted = new Map<string, Wanted>();
  readonly #refusedHere = new Map<string, VipRefusal>();
  readonly #services = new Map<string, readonly VipService[]>();
  /** IPv4 VIPs. */
  readonly #ipv4 = new Set<string>();
  /** Those that are not refused, of both families. */
  readonly #accepted = new Set<string>();
  /** Those of them that depend on the host's settings. */
  readonly #toSilence = new Set<string>();

  /** A body of null: the VIP is wanted no more. */
  take(document: Pick<Document<VipDocument>, 'key' | 'body'> & { readonly version?: number }): void {
    const { key, body, version = 0 } = document;
    if (body !== null) {
      this.#wanted.set(key, { version, unusable: refuseAddress(key, body) });
      this.#services.set(key, body.services);
      if (!isIpv6(key)) this.#ipv4.add(key);
      return;
    }
    this.#wanted.delete(key);
    this.#services.delete(key);
    this.#refusedHere.delete(key);
    this.#ipv4.delete(key);
    this.#accepted.delete(key);
    this.#toSilence.delete(key);
  }

  /** Nobody knows what the VIP is for; what the host lets in for it then stays as it is. */
  forgetServices(key: string): void {
    this.#services.delete(key);
  }

  /** Judges these anew by what was seen of the host. */
  refuse(keys: readonly string[], view: HostView): void {
    const places = addressPlaces(view);
    for (const key of keys) {
      const refusal = refuseHere(key, view, places);
      if (refusal === undefined) this.#refusedHere.delete(key);
      else this.#refusedHere.set(key, refusal);
      this.#accept(key, this.refusal(key) === undefined, view.silence);
    }
  }

  #accept(key: string, accepted: boolean, silence: Silence): void {
    if (accepted) this.#accepted.add(key);
    else this.#accepted.delete(key);
    if (accepted && needsSettings(key, silence)) this.#toSilence.add(key);
    else this.#toSilence.delete(key);
  }

  refusal(key: string): VipRefusal | undefined {
    return this.#wanted.get(key)?.unusable ?? this.#refusedHere.get(key);
  }

  has(key: string): boolean {
    return this.#wanted.has(key);
  }

  keys(): string[] {
    return [...this.#wanted.keys()];
  }

  /** What each of them is for. */
  get services(): ReadonlyMap<string, readonly VipService[]> {
    return this.#services;
  }

  version(key: string): number | undefined {
    return this.#wanted.get(key)?.version;
  }

  get haveIpv4(): boolean {
    return this.#ipv4.size > 0;
  }

  /** The host shall hold a VIP, and so needs the guard. */
  get needGuard(): boolean {
    return this.#accepted.size > 0;
  }

  /** The host shall hold a VIP that depends on its settings. */
  get needSilence(): boolean {
    return this.#toSilence.size > 0;
  }
}
