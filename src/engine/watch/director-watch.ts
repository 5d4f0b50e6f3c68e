/**
 * Watches a director by the kernel's own events: our table, addresses, links, and the policies of the second lock. What the engine itself does makes events
 * as well, and is told apart here by who did it, or by what is judged when the engine has come to rest.
 */
import type { HostWatch } from '../../platform/host-watch.js';
import type { Logger } from '../../platform/logger.js';
import { ProgramsWatch } from '../../platform/programs-watch.js';
import { OWN_ADDRESS_METRIC } from '../../forwarding/own-address.js';
import type { Heard } from './heard.js';
import { POLICY_MONITOR } from './policy-monitor.js';
import { commitIn, hostEventIn, unlockedIn, type Commit, type HostEvent } from './read-events.js';
import { MOST_PLACES, TABLE_MONITOR } from './table-monitor.js';

const IP_MONITOR = ['ip', '-o', 'monitor', 'label', 'address', 'link'] as const;
const OWN_MARK = ` metric ${OWN_ADDRESS_METRIC} `;

interface Collected {
  rules: boolean;
  table: boolean;
  lost: boolean;
  unlocked: Set<string> | 'all';
  readonly maps: Map<string, string>;
  places: Set<string> | 'all';
  readonly goneAddresses: Set<string>;
  readonly interfaces: Set<string>;
  newAddress: boolean;
}

export interface DirectorWatchOptions {
  readonly logger: Logger;
  /** Whether the engine itself ran the process. */
  readonly isOwn: (pid: number) => boolean;
  /** Programs are run by this one, such as `ip netns exec`. */
  readonly prefix?: readonly string[];
}

export class DirectorWatch implements HostWatch {
  readonly #programs: ProgramsWatch;
  readonly #isOwn: (pid: number) => boolean;
  #heard = nothing();

  constructor({ logger, isOwn, prefix = [] }: DirectorWatchOptions) {
    this.#isOwn = isOwn;
    const under = (argv: readonly string[]) => [...prefix, ...argv] as [string, ...string[]];
    this.#programs = new ProgramsWatch(
      [
        { argv: under(TABLE_MONITOR), isNews: (line) => this.#hearCommit(line), takesInput: true },
        { argv: under(POLICY_MONITOR), isNews: (line) => this.#hearPolicies(line) },
        { argv: under(IP_MONITOR), isNews: (line) => this.#hearHost(hostEventIn(line, OWN_MARK)) },
      ],
      logger,
    );
  }

  get trouble(): string | null {
    return this.#programs.trouble;
  }

  start(onMoved: () => void): void {
    this.#programs.start(onMoved);
  }

  stop(): Promise<void> {
    return this.#programs.stop();
  }

  /** The engine has started a process that is about to change its table. */
  own(pid: number): void {
    this.#programs.tell(`own ${pid}\n`);
  }

  /** What was heard since the last call. */
  take(): Heard {
    const heard = this.#heard;
    this.#heard = nothing();
    return heard;
  }

  #hearCommit(line: string): boolean {
    const commit = commitIn(line);
    if (commit === null) return false;
    if (commit === 'lost') return (this.#heard.lost = true);
    if (this.#isOwn(commit.sender)) return false;
    const heard = this.#heard;
    heard.rules ||= commit.rules;
    heard.table ||= commit.table;
    for (const map of commit.maps) heard.maps.set(map, commit.program);
    this.#hearPlaces(commit.places);
    return true;
  }

  #hearPlaces(places: Commit['places']): void {
    const { places: before } = this.#heard;
    if (places === 'all' || before === 'all' || before.size > MOST_PLACES) this.#heard.places = 'all';
    else for (const place of places) before.add(place);
  }

  #hearPolicies(line: string): boolean {
    const unlocked = unlockedIn(line);
    if (unlocked === null) return false;
    const { unlocked: before } = this.#heard;
    if (unlocked === 'all' || before === 'all') this.#heard.unlocked = 'all';
    else for (const vip of unlocked) before.add(vip);
    return true;
  }

  #hearHost(event: HostEvent | null): boolean {
    if (event === null) return false;
    if (event.kind === 'gone') this.#heard.goneAddresses.add(event.address);
    else if (event.kind === 'interface') this.#heard.interfaces.add(event.name);
    else this.#heard.newAddress = true;
    return true;
  }
}

function nothing(): Collected {
  return {
    rules: false,
    table: false,
    lost: false,
    unlocked: new Set<string>(),
    maps: new Map(),
    places: new Set<string>(),
    goneAddresses: new Set(),
    interfaces: new Set(),
    newAddress: false,
  };
}
