/**
 * Knows where each real server is on its segment: asks it every second for its Ethernet address, up to five hundred of
 * them a second, and puts the kernel right where that believes otherwise. A server with a new network card that announces
 * nothing is a black hole until the kernel finds out by itself, which took forty seconds.
 * It must never take a server out of service, which is for health checks, nor undo what an administrator has fixed.
 */
import type { Document, ServiceDocument } from '../../contract/documents.js';
import { MOST_REPORTED_NEIGHBOURS, type ReportedNeighbour } from '../../contract/report.js';
import type { CommandRunner } from '../../platform/command-runner.js';
import type { Logger } from '../../platform/logger.js';
import type { Segments, SegmentPlace } from '../../forwarding/segments.js';
import { Rounds } from '../wire/rounds.js';
import type { HeardOn, Wire } from '../wire/wire.js';
import { placeKey, putRight, readFixed, readNeighbours, type Whereabouts } from './kernel-neighbours.js';
import { answered, asked, isSilent, tellOf, UNKNOWN_NEIGHBOUR, type Neighbour } from './neighbour.js';
import { ServerAddresses } from './server-addresses.js';

const SHORTEST_PERIOD_MS = 1_000;
const ASKED_A_SECOND = 500;
/** Whoever did not answer to a question that was for him alone by then, may be another machine now: all are asked. */
const INSIST_AFTER_MS = 250;
const COMPARE_EVERY_MS = 10_000;

export interface NeighbourParts {
  readonly wire: Wire;
  readonly commands: CommandRunner;
  readonly logger: Logger;
  /** What is told of neighbours is otherwise than before. */
  readonly onNews: () => void;
}

export class NeighbourWatch {
  private readonly servers = new ServerAddresses();
  private readonly neighbours = new Map<string, Neighbour>();
  private readonly rounds: Rounds;
  private readonly endListening: () => void;
  private readonly insisting = new Set<NodeJS.Timeout>();
  private segments: Segments | undefined;
  private comparing: NodeJS.Timeout | undefined;
  private stopped = false;
  /** How often the kernel was put right. */
  repairs = 0;

  constructor(private readonly parts: NeighbourParts) {
    this.rounds = new Rounds(
      (address) => this.ask(address),
      (size) => Math.max(SHORTEST_PERIOD_MS, (size * 1_000) / ASKED_A_SECOND),
    );
    this.endListening = parts.wire.listen((heard) => this.hear(heard));
  }

  watchOnly(documents: ReadonlyMap<string, Document<ServiceDocument>>): void {
    this.follow(this.servers.only(documents));
  }

  watch(documents: readonly Document<ServiceDocument>[]): void {
    this.follow(this.servers.change(documents));
  }

  standOn(segments: Segments): void {
    this.segments = segments;
    if (!this.stopped) this.comparing ??= setTimeout(() => void this.compare(), COMPARE_EVERY_MS);
  }

  /** The real server that an Ethernet address was last heard of; undefined: none. */
  addressOf(mac: string): string | undefined {
    for (const [address, neighbour] of this.neighbours) if (neighbour.mac === mac) return address;
    return undefined;
  }

  /** Those that are not as they should be. */
  facts(): readonly ReportedNeighbour[] {
    const now = performance.now();
    const told = [...this.neighbours].flatMap(([address, each]) => tellOf(address, each, now) ?? []);
    return told.sort((a, b) => (a.address < b.address ? -1 : 1)).slice(0, MOST_REPORTED_NEIGHBOURS);
  }

  stop(): void {
    this.stopped = true;
    this.rounds.stop();
    this.endListening();
    clearTimeout(this.comparing);
    for (const timer of this.insisting) clearTimeout(timer);
  }

  private follow({ come, gone }: ReturnType<ServerAddresses['change']>): void {
    this.parts.wire.heed(come);
    this.parts.wire.ignore(gone);
    for (const address of come) {
      this.neighbours.set(address, UNKNOWN_NEIGHBOUR);
      if (!this.stopped) this.rounds.add(address);
    }
    for (const address of gone) {
      this.neighbours.delete(address);
      this.rounds.delete(address);
    }
  }

  private ask(address: string): void {
    const place = this.placeOf(address);
    const before = this.neighbours.get(address);
    if (place === undefined || before === undefined) return;
    const now = asked(before);
    this.neighbours.set(address, now);
    this.send(address, place, now);
    if (tellsOtherwise(address, before, now)) this.parts.onNews();
    const timer = setTimeout(() => {
      this.insisting.delete(timer);
      this.insist(address, place);
    }, INSIST_AFTER_MS);
    this.insisting.add(timer);
  }

  /** To all, where the one that was asked alone did not answer. */
  private insist(address: string, place: SegmentPlace): void {
    const neighbour = this.neighbours.get(address);
    if (neighbour === undefined || neighbour.unanswered !== 1) return;
    const now = asked(neighbour);
    this.neighbours.set(address, now);
    this.send(address, place, now);
  }

  private send(address: string, { device, address: from }: SegmentPlace, neighbour: Neighbour): void {
    const { mac } = neighbour;
    const to = mac === null || isSilent(neighbour) ? {} : { to: mac };
    this.parts.wire.ask({ device, address, from, ...to });
  }

  /** Undefined where it cannot be asked, which says nothing about it. */
  private placeOf(address: string): SegmentPlace | undefined {
    const place = this.segments?.placeOf(address);
    const { wire } = this.parts;
    return place !== undefined && wire.ready && wire.macOf(place.device) !== undefined ? place : undefined;
  }

  private hear({ means, address, mac, device }: HeardOn): void {
    const before = this.neighbours.get(address);
    if (before === undefined || means !== 'owns' || this.placeOf(address)?.device !== device) return;
    const now = answered(before, mac, performance.now());
    this.neighbours.set(address, now);
    if (now.moved !== before.moved) void this.repair([{ address, device, mac }], before.mac);
    if (tellsOtherwise(address, before, now)) this.parts.onNews();
  }

  private async repair(all: readonly Whereabouts[], before: string | null): Promise<void> {
    const { commands, logger } = this.parts;
    try {
      const fixed = await readFixed(commands);
      const servers = all.filter((each) => !fixed.has(placeKey(each)));
      if (servers.length === 0) return;
      this.repairs += servers.length;
      logger.warn({ servers, before }, 'real servers are elsewhere than the kernel believes');
      await putRight(commands, servers);
    } catch (error) {
      logger.error({ err: error }, 'the kernel could not be told where real servers are');
    }
  }

  /** What the kernel was told by others meanwhile. */
  private async compare(): Promise<void> {
    const known = [...this.neighbours].flatMap(([address, { mac, unanswered }]) => {
      const device = this.placeOf(address)?.device;
      return mac === null || device === undefined || unanswered > 1 ? [] : [{ address, device, mac }];
    });
    if (known.length > 0) {
      const found = await readNeighbours(this.parts.commands).catch(() => new Map<string, string>());
      const wrong = known.filter((each) => (found.get(placeKey(each)) ?? each.mac) !== each.mac);
      if (wrong.length > 0 && !this.stopped) await this.repair(wrong, null);
    }
    if (!this.stopped) this.comparing = setTimeout(() => void this.compare(), COMPARE_EVERY_MS);
  }
}

function tellsOtherwise(address: string, before: Neighbour, now: Neighbour): boolean {
  const at = performance.now();
  return tellOf(address, before, at)?.message !== tellOf(address, now, at)?.message;
}
