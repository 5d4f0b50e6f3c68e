/** A segment whose machines answer as a test says, a moment after they were asked. Frames that nobody heeds are not heard, but those of fellows are. */
import type { Asking, Card, HeardListener, HeardOn, Wire } from './wire.js';

export class FakeWire implements Wire {
  ready = true;
  trouble: string | undefined;
  /** Interfaces on which nothing can be sent, with why. */
  readonly troubles = new Map<string, string>();
  readonly announced: string[] = [];
  /** What was said to one machine alone: `192.0.2.200 to 02:00:00:00:00:ff`. */
  readonly toldAlone: string[] = [];
  /** What was announced, with the interface: `192.0.2.200 on eth0`. */
  readonly said: string[] = [];
  readonly asked: Asking[] = [];
  /** Ethernet addresses by the address that they answer for. */
  readonly owners = new Map<string, readonly string[]>();
  /** Questions that get to those who could answer them. */
  reaches: (asking: Asking) => boolean = () => true;
  /** Of directors of the same cluster. */
  readonly fellows = new Set<string>();
  cards: ReadonlyMap<string, Card> = new Map([['eth0', { index: 2, mac: '02:00:00:00:00:aa' }]]);
  /** Of addresses that were heeded at one time. */
  mostHeeds = 0;
  private readonly heeded = new Map<string, number>();
  private readonly listeners = new Set<HeardListener>();
  private changed: () => void = () => undefined;

  onChange(listener: () => void): void {
    this.changed = listener;
  }

  become(ready: boolean, trouble?: string): void {
    this.ready = ready;
    this.trouble = trouble;
    this.changed();
  }

  troubleOn(device: string): string | undefined {
    return this.trouble ?? this.troubles.get(device);
  }

  begun(): Promise<boolean> {
    return Promise.resolve(this.ready);
  }

  standOn(cards: ReadonlyMap<string, Card>): void {
    this.cards = cards;
  }

  heed(addresses: readonly string[]): void {
    for (const each of addresses) this.heeded.set(each, (this.heeded.get(each) ?? 0) + 1);
    this.mostHeeds = Math.max(this.mostHeeds, this.heeds);
  }

  ignore(addresses: readonly string[]): void {
    for (const each of addresses) this.heeded.set(each, (this.heeded.get(each) ?? 0) - 1);
  }

  /** How many addresses are heeded; never less than none. */
  get heeds(): number {
    const counts = [...this.heeded.values()];
    if (counts.some((count) => count < 0)) throw new Error('more was ignored than heeded');
    return counts.filter((count) => count > 0).length;
  }

  announce(device: string, address: string, to?: string): void {
    if (!this.ready) return;
    if (to !== undefined) return void this.toldAlone.push(`${address} to ${to}`);
    this.announced.push(address);
    this.said.push(`${address} on ${device}`);
  }

  ask(asking: Asking): void {
    if (!this.ready) return;
    this.asked.push(asking);
    if (!this.reaches(asking) || this.troubles.has(asking.device)) return;
    setImmediate(() => {
      for (const mac of this.owners.get(asking.address) ?? []) this.hear(asking.address, mac, asking.device);
    });
  }

  /** Somebody says something of the address. */
  hear(address: string, mac: string, device = 'eth0', changes: Partial<HeardOn> = {}): void {
    const fellow = this.fellows.has(mac);
    const heard = { means: 'owns', address, mac, device, fellow, marked: fellow, ...changes } as const;
    if ((this.heeded.get(address) ?? 0) <= 0 && !heard.marked) return;
    for (const listener of this.listeners) listener(heard);
  }

  listen(listener: HeardListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  macOf(device: string): string | undefined {
    return this.cards.get(device)?.mac;
  }

  isFellow(mac: string): boolean {
    return this.fellows.has(mac);
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
