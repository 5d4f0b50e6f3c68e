/**
 * What follows for Direct return from where a real server and the directors stand in the network: whether frames reach
 * the server at all, whether large ones do, and whether its answers keep out of the directors' way. Read from both
 * sides' reports, but for directors that are away: what they said is old. None of it admits or puts out a server (see the ADR on proofs): it tells what to mend.
 */
import { familyOf, subnetContains } from './address.js';
import type { RealServer } from './real-server.js';
import type { DirectorObservation, ObservedNetwork } from './status.js';

interface Verdict {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

type Interface = ObservedNetwork['interfaces'][number];

interface Place {
  readonly director: string;
  /** The director's interface on the server's segment; undefined: it has none. */
  readonly there: Interface | undefined;
}

/** `network`: of the server's host; null where nothing was reported. */
export function networkConditions(
  { address }: RealServer,
  network: ObservedNetwork | null,
  directors: readonly DirectorObservation[],
): readonly Verdict[] {
  const reported = directors.flatMap(({ name, network: theirs, connected }) =>
    theirs === null ? [] : [{ name, network: theirs, connected }],
  );
  if (network === null || network.interfaces.length === 0 || reported.length === 0) return NOT_REPORTED;
  const known = reported.filter(({ connected }) => connected);
  const away = reported.filter(({ connected }) => !connected).map(({ name }) => name);
  if (known.length === 0) return nobodyThere(away);
  return compared(address, network, known).map((verdict) => leavingOut(verdict, away));
}

interface KnownDirector {
  readonly name: string;
  readonly network: ObservedNetwork;
}

function compared(
  address: string,
  network: ObservedNetwork,
  known: readonly KnownDirector[],
): readonly Verdict[] {
  const here = interfaceWith(network, address);
  const places = known.map(({ name, network: theirs }) => ({
    director: name,
    there: theirs.interfaces.find((each) => each.up && isOnSegment(each, address)),
  }));
  return [
    sameSegment(address, here, places),
    mtuMatches(here, places),
    defaultRoute(address, network, known),
  ];
}

const TYPES = ['SameSegment', 'MtuMatches', 'DefaultRouteAvoidsDirector'];

const NOT_REPORTED: readonly Verdict[] = TYPES.map((type) => ({
  type,
  status: 'Unknown',
  reason: 'NotReported',
  message: 'It needs a report of the agent and one of a director.',
}));

function nobodyThere(away: readonly string[]): readonly Verdict[] {
  const message = `No director is connected to compare with; away: ${away.join(', ')}.`;
  return TYPES.map((type) => ({ type, status: 'Unknown', reason: 'DirectorsAway', message }));
}

function leavingOut(verdict: Verdict, away: readonly string[]): Verdict {
  if (away.length === 0) return verdict;
  return { ...verdict, message: `${verdict.message} Left out, being away: ${away.join(', ')}.` };
}

function interfaceWith({ interfaces }: ObservedNetwork, address: string): Interface | undefined {
  return interfaces.find(({ addresses }) => addresses.some((each) => withoutPrefix(each) === address));
}

function isOnSegment({ addresses }: Interface, address: string): boolean {
  return addresses.some((each) => subnetContains(each, address));
}

function withoutPrefix(address: string): string {
  return address.split('/', 1)[0] ?? address;
}

function sameSegment(address: string, here: Interface | undefined, places: readonly Place[]): Verdict {
  const type = 'SameSegment';
  if (here === undefined) {
    const message = `No interface of the host has ${address}. Give it that address, or correct the real server's.`;
    return { type, status: 'False', reason: 'AddressNotOnHost', message };
  }
  if (!here.up) {
    const message = `${here.name}, which has ${address}, is down. Set it up.`;
    return { type, status: 'False', reason: 'InterfaceDown', message };
  }
  const apart = places.filter(({ there }) => there === undefined || !isMutual(here, there));
  if (apart.length > 0) {
    const names = apart.map(({ director }) => director).join(', ');
    const message = `${names} has no interface that is up in one subnet with ${address}. Give it an address there, or move the real server.`;
    return { type, status: 'False', reason: 'NoSharedSubnet', message };
  }
  return {
    type,
    status: 'True',
    reason: 'SharedSubnet',
    message: 'The directors are in one subnet with it.',
  };
}

/** Each is in the other's subnet: with different prefix lengths one of them may ask a router for the other. */
function isMutual(here: Interface, there: Interface): boolean {
  return there.addresses.some((each) => isOnSegment(here, withoutPrefix(each)));
}

function mtuMatches(here: Interface | undefined, places: readonly Place[]): Verdict {
  const type = 'MtuMatches';
  const comparable = places.flatMap(({ director, there }) =>
    there === undefined ? [] : [{ director, there }],
  );
  if (here === undefined || comparable.length === 0) {
    return {
      type,
      status: 'Unknown',
      reason: 'NoSharedSubnet',
      message: 'There is no segment to compare on.',
    };
  }
  const other = comparable.find(({ there }) => there.mtu !== here.mtu);
  if (other === undefined) {
    return { type, status: 'True', reason: 'Equal', message: `Both ends have an MTU of ${here.mtu}.` };
  }
  const { director, there } = other;
  const message =
    `${here.name} of the host has an MTU of ${here.mtu}, ${there.name} of ${director} one of ${there.mtu}: frames ` +
    'that one end sends may be too large for the other, and are lost without a word. Set both to the same.';
  return { type, status: 'False', reason: 'Differs', message };
}

function defaultRoute(
  address: string,
  { gateways }: ObservedNetwork,
  directors: readonly KnownDirector[],
): Verdict {
  const type = 'DefaultRouteAvoidsDirector';
  const own = gateways.filter((each) => familyOf(each) === familyOf(address));
  const crossed = directors.find(({ network }) => own.some((gateway) => interfaceWith(network, gateway)));
  if (crossed !== undefined) {
    const message = `The host's default route leads to ${crossed.name}: its answers go back through the director. Set it to the router.`;
    return { type, status: 'False', reason: 'ThroughDirector', message };
  }
  if (own.length === 0) {
    const message = 'The host has no default route: clients outside of its own subnets get no answer.';
    return { type, status: 'Unknown', reason: 'NoDefaultRoute', message };
  }
  if (own.some((gateway) => LINK_LOCAL.test(gateway))) {
    const message = 'The default route leads to a link-local address, which directors do not report.';
    return { type, status: 'Unknown', reason: 'LinkLocalGateway', message };
  }
  const message = `Answers leave by ${own.join(', ')}, which is no director.`;
  return { type, status: 'True', reason: 'AnotherGateway', message };
}

const LINK_LOCAL = /^fe[89ab][0-9a-f]:/;
