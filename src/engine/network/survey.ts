/**
 * Settles what the engine stands on, from a reading of the host: which of its interfaces does what. Pure.
 */
import type { Ground } from '../../forwarding/ground.js';
import { chooseInterface } from './choose-interface.js';
import type { HostReading } from './host-reader.js';
import type { Card } from '../wire/wire.js';
import { Segments } from '../../forwarding/segments.js';

export interface SurveyWishes {
  readonly seed: number;
  /** Interface that the operator named. */
  readonly named: string | undefined;
  /** Addresses that the node joined under. */
  readonly joined: readonly string[];
  /** Undefined: it has joined none yet. */
  readonly cluster: string | undefined;
}

export interface Survey {
  readonly ground: Ground;
  /** The interface that holds the VIPs. */
  readonly vipDevice: string;
  /** The kernel's number of each interface of the ground; rules hold these, and a remade interface has another. */
  readonly indexes: ReadonlyMap<string, number>;
  readonly cards: ReadonlyMap<string, Card>;
  /** Whose directors are no strangers. */
  readonly cluster: string | undefined;
}

/** What frames are sent on: those of these interfaces that have an Ethernet address. */
export function cardsOf({ interfaces }: HostReading, devices: readonly string[]): ReadonlyMap<string, Card> {
  return new Map(
    interfaces.flatMap(({ name, index, mac }) =>
      mac !== null && devices.includes(name) ? [[name, { index, mac }] as const] : [],
    ),
  );
}

/** Throws when there is no interface to work on. */
export function survey(reading: HostReading, { seed, named, joined, cluster }: SurveyWishes): Survey {
  const { interfaces, routes } = reading;
  const vipDevice = chooseInterface(interfaces, { named, joined, defaultDevices: routes.devices });
  const segments = new Segments(interfaces);
  const devices = [...new Set([...segments.devices, vipDevice])].sort();
  const indexes = new Map(
    interfaces.filter(({ name }) => devices.includes(name)).map(({ name, index }) => [name, index]),
  );
  return {
    ground: { seed, devices, segments },
    vipDevice,
    indexes,
    cards: cardsOf(reading, devices),
    cluster,
  };
}
