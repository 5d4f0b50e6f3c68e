/**
 * What in the kernel may be otherwise than the driver left it: everything until everything was brought once, and whenever
 * bringing ended half-way; from then on what somebody was heard to touch. It must never forget what it was told while
 * something is being brought. Pure.
 */
import type { Touched } from '../forwarding-driver.js';
import type { MapName } from '../../../forwarding/layout.js';

/** Elements that are to be read again. */
export interface Scope {
  readonly maps: ReadonlySet<MapName>;
  /** Of maps with very many elements, those that are meant, as `placeOf` tells; `all`: more than anybody named. */
  readonly places: ReadonlySet<string> | 'all';
}

/** What is in doubt. */
export interface InDoubt extends Scope {
  /** Tables, maps, and whatever else may be. */
  readonly all: boolean;
  /** Rules and chains; maps and their elements are as they were. */
  readonly rules: boolean;
}

interface Doubt extends InDoubt {
  all: boolean;
  rules: boolean;
  readonly maps: Set<MapName>;
  places: Set<string> | 'all';
}

export class Doubts {
  private noted: Doubt = { ...none(), all: true };
  /** What came since something is being brought; undefined while nothing is. */
  private later: Doubt | undefined;

  add(maps: readonly MapName[], { rules, places }: Omit<Touched, 'maps'>): void {
    this.join(this.later ?? this.noted, { all: false, rules, maps, places });
  }

  addAll(): void {
    (this.later ?? this.noted).all = true;
  }

  /** Something is being brought. Unless `settle` follows, everything is in doubt. */
  begin(): void {
    if (this.later !== undefined) this.noted.all = true;
    this.later ??= none();
  }

  /** What was begun is in force; what was in doubt before still is. */
  settle(): void {
    const { later } = this;
    this.later = undefined;
    if (later !== undefined) this.join(this.noted, later);
  }

  /** All that is in doubt is being brought: what is it? Unless `dispel` follows, everything is in doubt. */
  take(): InDoubt {
    this.begin();
    if (this.later !== undefined) this.join(this.noted, this.later);
    this.later = none();
    return this.noted;
  }

  /** What was taken is in force. */
  dispel(): void {
    this.noted = this.later ?? none();
    this.later = undefined;
  }

  private join(into: Doubt, { all, rules, maps, places }: Omit<Touched, 'maps'> & Joined): void {
    into.all ||= all;
    into.rules ||= rules;
    for (const map of maps) into.maps.add(map);
    if (places === 'all' || into.places === 'all') into.places = 'all';
    else for (const place of places) into.places.add(place);
  }
}

interface Joined {
  readonly all: boolean;
  readonly maps: Iterable<MapName>;
}

function none(): Doubt {
  return { all: false, rules: false, maps: new Set(), places: new Set<string>() };
}
