/**
 * Decides in what order a host gets from what was seen to the VIPs that it shall hold.
 * The order is the promise: settings and guard stand before the first VIP is bound and fall after the last one left, so
 * that a crash between any two steps leaves a host that answers nobody. It never unbinds what it did not bind. Pure.
 */
import { harmfulVips, type Harm } from './harmful-vips.js';
import type { Lock, Restraint } from './restraint.js';
import { addressPlaces, isHostPlace, isOnLoopback, needsSettings, type SeenHost } from './seen-host.js';

export type Step =
  | { readonly do: 'silence' | 'keep-settings' | 'restore' | 'drop-guard' }
  | {
      readonly do: 'load-guard' | 'guard' | 'unguard' | 'unbind' | 'bind';
      readonly addresses: readonly string[];
    };

export interface Situation {
  /** The VIPs in question that the host shall hold and that were not refused. */
  readonly wanted: ReadonlySet<string>;
  /** The VIPs in question that it shall hold no more. */
  readonly gone: readonly string[];
  /** VIPs that the guard shall cover although they are not there: an operator may put them back at any time. */
  readonly awaited: readonly string[];
  /** Whether the host shall hold a VIP that depends on the settings, one in question or another. */
  readonly silenceNeeded: boolean;
  /** Whether it shall hold any VIP. */
  readonly guardNeeded: boolean;
  readonly view: SeenHost;
  /** The VIPs that this agent put on loopback, or was about to when it died. */
  readonly ours: ReadonlySet<string>;
  /** The VIPs that this agent holds or held and that an operator put on loopback. */
  readonly borrowed: ReadonlySet<string>;
  /** Whether this agent changed the host's settings and has not put them back. */
  readonly settingsChanged: boolean;
  /** Could not be had in this pass: nothing that depends on it may be added. */
  readonly failed: ReadonlySet<Lock>;
  readonly restraint: Pick<Restraint, 'locks' | 'unsteady'>;
}

export function planVips(situation: Situation): Step[] {
  const { wanted, gone, ours, view } = situation;
  const onLoopback = addressesOnLoopback(view);
  const harmful = harmfulHere(situation);
  const unheld = [...wanted].filter((address) => !mayStand(address, situation));
  const leaving = new Set([...gone, ...unheld, ...harmful.keys()]);
  const unbind = [...leaving].filter((address) => ours.has(address) && onLoopback.has(address));
  const absent = [...wanted].filter((address) => !onLoopback.has(address) && !harmful.has(address));
  const bind = absent.filter((address) => mayCome(address, situation));
  const guard = guardSteps(situation, new Set(unbind));
  return [
    ...silenceSteps(situation),
    ...guard.before,
    ...some('unbind', unbind),
    ...guard.after,
    ...restoreSteps(situation),
    ...some('bind', bind),
  ];
}

/**
 * One lock is enough for a VIP that is there, and none is not: where the settings cannot be had, or are left alone for
 * somebody keeps undoing them, the guard must stand for both.
 */
function mayStand(address: string, situation: Situation): boolean {
  const { silence, guard } = situation.view;
  if (!needsSettings(address, silence) || settingsHold(situation)) return true;
  return guard.admitsOnly !== true && guarded(address, situation);
}

/** A VIP that is not there comes when every lock that it depends on stands, and nobody fights over it. */
function mayCome(address: string, situation: Situation): boolean {
  const { view, restraint } = situation;
  const steady = settingsHold(situation) && !restraint.unsteady.has('silence');
  const silent = steady || !needsSettings(address, view.silence);
  return silent && guarded(address, situation) && !restraint.unsteady.has('guard');
}

/** In force when this plan comes to the VIPs. */
function settingsHold({ view, failed, restraint }: Situation): boolean {
  return !failed.has('silence') && (view.silence.inForce || !restraint.locks.has('silence'));
}

/** Covered by the guard when this plan comes to it. */
function guarded(address: string, { view, failed, restraint }: Situation): boolean {
  return view.guard.addresses.has(address) || !(failed.has('guard') || restraint.locks.has('guard'));
}

function silenceSteps({ silenceNeeded, view, failed, restraint }: Situation): Step[] {
  if (!silenceNeeded) return [];
  const mayTry = !failed.has('silence') && !restraint.locks.has('silence');
  if (!view.silence.inForce && mayTry) return [{ do: 'silence' }];
  // Whether it was written shows in the next pass: nothing of this one hangs on it.
  const mayKeep = !view.silence.kept && failed.size === 0 && !restraint.locks.has('boot-settings');
  return mayKeep ? [{ do: 'keep-settings' }] : [];
}

function restoreSteps({ silenceNeeded, view, borrowed, settingsChanged }: Situation): Step[] {
  // A VIP that an operator put there stays, and would answer once the settings are back.
  return !silenceNeeded && settingsChanged && !lingering(borrowed, view) ? [{ do: 'restore' }] : [];
}

function guardSteps(
  situation: Situation,
  unbind: ReadonlySet<string>,
): { readonly before: readonly Step[]; readonly after: readonly Step[] } {
  const { guard } = situation.view;
  if (situation.failed.has('guard') || situation.restraint.locks.has('guard')) {
    return { before: [], after: some('unguard', ownInGuard(situation)) };
  }
  const cover = toCover(situation);
  const anew = !guard.inForce && cover.length > 0;
  const missing = cover.filter((address) => !guard.addresses.has(address));
  const before = anew ? some('load-guard', cover) : some('guard', missing);
  const covered = [...guard.addresses, ...missing];
  const keep = new Set(cover.filter((address) => situation.wanted.has(address) || !unbind.has(address)));
  if (keep.size > 0 || situation.guardNeeded) {
    const rest = covered.filter((address) => !keep.has(address));
    return { before, after: some('unguard', rest) };
  }
  return { before, after: guard.standing || anew ? [{ do: 'drop-guard' }] : [] };
}

/** The guard is left as it is, but the host must be reached all the same. */
function ownInGuard(situation: Situation): readonly string[] {
  const { guard } = situation.view;
  const own = [...harmfulHere(situation)].flatMap(([address, harm]) =>
    harm === 'own-address' ? [address] : [],
  );
  // What a guard covers that is not as it was loaded is not known.
  return own.filter((address) => guard.addresses.has(address) || (guard.standing && !guard.inForce));
}

/**
 * What the guard must cover as things stand. A VIP that is refused because somebody put it on a network card as well stays
 * covered where it was held before: that is when the guard matters. One that was never held is left alone, and so is
 * the host's own address.
 */
function toCover(situation: Situation): readonly string[] {
  const { wanted, awaited, gone, ours, borrowed, view } = situation;
  const places = addressPlaces(view);
  const harmful = harmfulHere(situation);
  const leaving = new Set(gone);
  const held = [...places.keys()].filter(
    (address) =>
      (ours.has(address) || borrowed.has(address)) &&
      ((!leaving.has(address) && !harmful.has(address)) || isOnLoopback(address, places)),
  );
  const asked = [...wanted, ...awaited].filter((address) => !harmful.has(address));
  return [...new Set([...asked, ...held])].filter((address) => harmful.get(address) !== 'own-address');
}

function harmfulHere({ wanted, awaited, ours, borrowed, view }: Situation): ReadonlyMap<string, Harm> {
  const vips = new Set([...wanted, ...awaited, ...ours, ...borrowed]);
  return harmfulVips(vips, view, addressPlaces(view));
}

function some(
  what: 'load-guard' | 'guard' | 'unguard' | 'unbind' | 'bind',
  addresses: readonly string[],
): Step[] {
  return addresses.length > 0 ? [{ do: what, addresses }] : [];
}

/** Whether an address of these that depends on the settings stands on loopback. */
export function lingering(addresses: Iterable<string>, view: SeenHost): boolean {
  const places = addressPlaces(view);
  return [...addresses].some(
    (address) => needsSettings(address, view.silence) && isOnLoopback(address, places),
  );
}

function addressesOnLoopback(view: SeenHost): ReadonlySet<string> {
  const held = new Set<string>();
  for (const [address, places] of addressPlaces(view)) {
    if (places.some((place) => isHostPlace(address, place))) held.add(address);
  }
  return held;
}
