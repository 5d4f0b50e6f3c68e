/**
 * What is known of where one real server is on its segment, from what was asked and what was heard. While the machine
 * that it was known to be answers, nobody else is believed: a host may answer by two network cards. Pure.
 */
import type { ReportedNeighbour } from '../../contract/report.js';

/** So many questions in a row that nobody answered. */
const UNHEARD_AFTER = 3;
/** How long it is told that a server is another machine, or has another card, than before. */
const NEW_FOR_MS = 60_000;

export interface Neighbour {
  /** By which it answered last; null: it never did. */
  readonly mac: string | null;
  /** Questions since it answered last. */
  readonly unanswered: number;
  /** When it came by another Ethernet address than before, by `performance.now()`, and that one. */
  readonly moved?: { readonly at: number; readonly from: string };
}

export const UNKNOWN_NEIGHBOUR: Neighbour = { mac: null, unanswered: 0 };

export function asked(neighbour: Neighbour): Neighbour {
  return { ...neighbour, unanswered: neighbour.unanswered + 1 };
}

/** Whether the machine that it was last known to be has left a question open. */
export function isSilent({ unanswered }: Neighbour): boolean {
  return unanswered > 1;
}

export function answered(neighbour: Neighbour, mac: string, now: number): Neighbour {
  const { mac: known, moved } = neighbour;
  if (known === null) return { mac, unanswered: 0 };
  if (mac === known) return { mac, unanswered: 0, ...(moved && { moved }) };
  return isSilent(neighbour) ? { mac, unanswered: 0, moved: { at: now, from: known } } : neighbour;
}

/** What is to be told of it; undefined: all is well, or nothing is known yet. */
export function tellOf(address: string, neighbour: Neighbour, now: number): ReportedNeighbour | undefined {
  const { mac, unanswered, moved } = neighbour;
  if (unanswered > UNHEARD_AFTER) {
    const before = mac === null ? 'It was never heard' : `It was heard by ${mac} before`;
    const message = `${address} does not answer when asked for its Ethernet address. ${before}. See whether the host is up, and on this segment.`;
    return { address, mac, reason: 'NotHeard', message };
  }
  if (moved === undefined || now - moved.at > NEW_FOR_MS) return undefined;
  const message = `${address} answers by ${mac}, and no more by ${moved.from}. Packets go there now. If nobody changed its network card, somebody else may have taken its address.`;
  return { address, mac, reason: 'NewMac', message };
}
