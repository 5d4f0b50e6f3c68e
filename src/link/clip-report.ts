/**
 * Fits a report to what the contract takes. Its texts hold what programs of the host printed and people called its interfaces,
 * which has no limit, and a report that is refused for it would be missing exactly when it explains a failure. Pure.
 */
import type { HostDrift, ReportedHost, ReportedInterface, ReportedSegment } from '../contract/report.js';
import {
  LONGEST_DRIFT_TEXT,
  LONGEST_MESSAGE,
  MOST_ADDRESSES,
  MOST_CONDITIONS,
  MOST_GATEWAYS,
  MOST_INTERFACES,
} from '../contract/report-limits.js';

const AND_MORE = ' … and more';
/** Neither can be stored: halves of a surrogate pair are no text, and NUL ends one. */
const UNSTORABLE = /[\p{Surrogate}\0]/gu;

interface Told {
  readonly message: string;
}

interface ToldService {
  readonly answers: Told;
  readonly firewall: Told;
}

interface ToldVip extends Told {
  readonly services: readonly ToldService[];
}

interface ToldReport {
  readonly host: ReportedHost;
  readonly conditions: readonly Told[];
  readonly faults: readonly Told[];
  readonly vips?: readonly ToldVip[];
  readonly silence?: readonly Told[];
  readonly health?: readonly Told[];
  readonly drift?: HostDrift;
  readonly segment?: ReportedSegment;
}

export function clipReport<R extends ToldReport>(report: R): R {
  const { host, conditions, faults, vips, silence, health, drift, segment } = report;
  return {
    ...report,
    host: clippedHost(host),
    conditions: conditions.slice(0, MOST_CONDITIONS).map(clipped),
    faults: faults.map(clipped),
    ...(vips === undefined ? {} : { vips: vips.map(clippedVip) }),
    ...(silence === undefined ? {} : { silence: silence.map(clipped) }),
    ...(health === undefined ? {} : { health: health.map(clipped) }),
    ...(segment === undefined ? {} : { segment: clippedSegment(segment) }),
    ...(drift === undefined ? {} : { drift: clippedDrift(drift) }),
  };
}

/** Interfaces that are up, and those with addresses, tell more than others. */
function clippedHost(host: ReportedHost): ReportedHost {
  const { interfaces, gateways } = host;
  const isLarge = interfaces.length > MOST_INTERFACES;
  const weight = ({ up, addresses }: ReportedInterface): number =>
    (up ? 2 : 0) + (addresses.length > 0 ? 1 : 0);
  const chosen = isLarge ? interfaces.toSorted((a, b) => weight(b) - weight(a)) : interfaces;
  return {
    interfaces: chosen.slice(0, MOST_INTERFACES).map((each) => ({
      ...each,
      addresses: each.addresses.slice(0, MOST_ADDRESSES),
    })),
    gateways: gateways.slice(0, MOST_GATEWAYS),
  };
}

function clippedSegment(segment: ReportedSegment): ReportedSegment {
  return { ...segment, neighbours: segment.neighbours.map(clipped) };
}

function clippedVip<T extends ToldVip>(vip: T): T {
  const services = vip.services.map((service) => ({
    ...service,
    answers: clipped(service.answers),
    firewall: clipped(service.firewall),
  }));
  return { ...clipped(vip), services };
}

/** Things whose names begin alike for so long become one, the newest: the contract wants each named once. */
function clippedDrift({ total, latest }: HostDrift): HostDrift {
  const byThing = new Map<string, HostDrift['latest'][number]>();
  for (const each of latest) {
    const thing = clip(each.thing, LONGEST_DRIFT_TEXT);
    const found = clip(each.found, LONGEST_DRIFT_TEXT);
    const wanted = clip(each.wanted, LONGEST_DRIFT_TEXT);
    if (!byThing.has(thing)) byThing.set(thing, { ...each, thing, found, wanted });
  }
  return { total, latest: [...byThing.values()] };
}

function clipped<T extends Told>(told: T): T {
  const { message } = told;
  if (message.length <= LONGEST_MESSAGE && message.search(UNSTORABLE) < 0) return told;
  return { ...told, message: clip(message, LONGEST_MESSAGE) };
}

function clip(whole: string, longest: number): string {
  const fits = whole.length <= longest;
  const text = fits ? whole : whole.slice(0, longest - AND_MORE.length) + AND_MORE;
  return text.replaceAll(UNSTORABLE, '\uFFFD');
}
