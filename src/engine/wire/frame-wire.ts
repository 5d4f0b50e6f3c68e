/**
 * The segments as the kernel's raw sockets give them: makes frames of what the engine's parts want said, and tells them
 * what was heard. It decides neither when to speak nor what an answer means.
 */
import { isIPv6 } from 'node:net';
import type { ProgramStarter } from '../../platform/command-runner.js';
import { addressBytes } from './addresses.js';
import { arpAnnouncement, arpRequest } from './arp.js';
import { solicitation, unsolicitedAdvertisement } from './discovery.js';
import { Fellows } from './fellows.js';
import { FrameProgram } from './frame-program.js';
import { heardIn } from './heard-in.js';
import { markOf } from './mark.js';
import type { Asking, Card, HeardListener, Wire } from './wire.js';

/** perl starts within a tenth of that. */
const BEGIN_WITHIN_MS = 1_000;
/** Addresses in one line to the program. */
const AT_ONCE = 1_000;

export class FrameWire implements Wire {
  private readonly program: FrameProgram;
  private readonly listeners = new Set<HeardListener>();
  private readonly fellows = new Fellows();
  /** How often each address is heeded. */
  private readonly heeded = new Map<string, number>();
  private cards: ReadonlyMap<string, Card> = new Map();
  private devices: ReadonlyMap<number, string> = new Map();
  private own: ReadonlySet<string> = new Set();
  private mark: Buffer | undefined;
  private known: (ready: boolean) => void = () => undefined;
  private readonly first = new Promise<boolean>((resolve) => (this.known = resolve));

  private changed: () => void = () => undefined;

  constructor(startProgram: ProgramStarter) {
    this.program = new FrameProgram(startProgram, {
      onReady: () => this.tellAll(),
      onFrame: (index, frame) => this.hear(index, frame),
      onEnd: () => {
        this.known(false);
        this.changed();
      },
    });
  }

  get ready(): boolean {
    return this.program.ready;
  }

  get trouble(): string | undefined {
    return this.program.trouble;
  }

  troubleOn(device: string): string | undefined {
    const card = this.cards.get(device);
    return this.trouble ?? (card === undefined ? 'it is not there' : this.program.troubleOn(card.index));
  }

  onChange(listener: () => void): void {
    this.changed = listener;
  }

  async begun(): Promise<boolean> {
    if (this.ready) return true;
    setTimeout(() => this.known(false), BEGIN_WITHIN_MS).unref();
    await this.first;
    return this.ready;
  }

  standOn(cards: ReadonlyMap<string, Card>, cluster: string | undefined): void {
    this.cards = cards;
    this.devices = new Map([...cards].map(([device, { index }]) => [index, device]));
    this.own = new Set([...cards.values()].map(({ mac }) => mac));
    this.mark = cluster === undefined ? undefined : markOf(cluster);
    this.program.start();
    this.tellPlace();
  }

  heed(addresses: readonly string[]): void {
    const fresh = addresses.filter((address) => !this.heeded.has(address));
    for (const address of addresses) this.heeded.set(address, (this.heeded.get(address) ?? 0) + 1);
    this.tell('heed', fresh);
  }

  ignore(addresses: readonly string[]): void {
    for (const address of addresses) {
      const left = (this.heeded.get(address) ?? 0) - 1;
      if (left > 0) this.heeded.set(address, left);
      else this.heeded.delete(address);
    }
    this.tell(
      'ignore',
      addresses.filter((address) => !this.heeded.has(address)),
    );
  }

  announce(device: string, address: string, to?: string): void {
    const frame = isIPv6(address) ? unsolicitedAdvertisement : arpAnnouncement;
    this.send(device, ({ mac }) => frame({ mac, address, to }, this.mark));
  }

  ask({ device, ...question }: Asking): void {
    const frame = isIPv6(question.address) ? solicitation : arpRequest;
    this.send(device, ({ mac }) => frame({ mac, ...question }, this.mark));
  }

  listen(listener: HeardListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  macOf(device: string): string | undefined {
    return this.cards.get(device)?.mac;
  }

  isFellow(mac: string): boolean {
    return this.fellows.has(mac, performance.now());
  }

  stop(): Promise<void> {
    this.known(false);
    return this.program.stop();
  }

  private send(device: string, frame: (card: Card) => Buffer): void {
    const card = this.cards.get(device);
    if (card !== undefined && this.ready) this.program.send(card.index, frame(card));
  }

  private tellAll(): void {
    this.tellPlace();
    this.tell('heed', [...this.heeded.keys()]);
    this.known(true);
    this.changed();
  }

  private tellPlace(): void {
    this.program.say(['listen', ...this.devices.keys()].join(' '));
    this.program.say(`mark ${this.mark?.toString('hex') ?? ''}`);
  }

  private tell(verb: 'heed' | 'ignore', addresses: readonly string[]): void {
    for (let from = 0; from < addresses.length; from += AT_ONCE) {
      const some = addresses.slice(from, from + AT_ONCE).map((each) => addressBytes(each).toString('hex'));
      this.program.say([verb, ...some].join(' '));
    }
  }

  private hear(index: number, frame: Buffer): void {
    const device = this.devices.get(index);
    const heard = heardIn(frame);
    // Two cards of ours on one segment hear each other.
    if (device === undefined || heard === undefined || this.own.has(heard.mac)) return;
    const { means, address, mac, padding } = heard;
    const marked = this.mark !== undefined && padding.subarray(0, this.mark.length).equals(this.mark);
    if (marked) this.fellows.saw(mac, performance.now());
    const told = { means, address, mac, device, fellow: this.isFellow(mac), marked };
    for (const listener of this.listeners) listener(told);
  }
}
