/**
 * Puts into words, for the report, why a document is not in force or not wholly so.
 */
import type { Document, ServiceDocument } from '../contract/documents.js';
import type { Fault } from '../contract/report.js';
import { someOf } from '../platform/some-of.js';
import type { Refusals, ServiceInForce } from './drivers/forwarding-driver.js';
import type { Ground } from '../forwarding/ground.js';

export interface Findings {
  readonly refusals: Refusals;
  readonly inForce: ReadonlyMap<string, ServiceInForce>;
  readonly ground: Ground;
  /** VIPs that should be held and are not. */
  readonly unheld: ReadonlySet<string>;
  /** Who has a VIP in this director's place, in words; undefined: nobody. */
  readonly ownerOf: (vip: string) => string | undefined;
}

/** The faults of these documents; one each at most, the gravest. */
export function faultsOf(
  documents: Iterable<Document<ServiceDocument>>,
  findings: Findings,
): readonly Fault[] {
  return [...documents].flatMap((document) => {
    const fault =
      refused(document, findings) ??
      owned(document, findings) ??
      unheld(document, findings) ??
      stranded(document, findings);
    return fault === undefined ? [] : [{ key: document.key, ...fault }];
  });
}

type Finding = Omit<Fault, 'key'> | undefined;

function refused({ key }: Document<ServiceDocument>, { refusals, inForce }: Findings): Finding {
  const message = refusals.get(key);
  if (message === undefined) return undefined;
  return { versionInForce: inForce.get(key)?.version ?? null, reason: 'Refused', message };
}

function owned({ body, version }: Document<ServiceDocument>, { ownerOf }: Findings): Finding {
  const owner = body === null ? undefined : ownerOf(body.address);
  if (body === null || owner === undefined) return undefined;
  const message = `The VIP ${body.address} is not taken, for somebody has it: ${owner} answered when asked. Take the address from that machine, or start its engine where it is a director of this cluster; it is asked about again every ten seconds.`;
  return { versionInForce: version, reason: 'VipInUse', message };
}

function unheld({ body, version }: Document<ServiceDocument>, findings: Findings): Finding {
  if (body === null || !findings.unheld.has(body.address)) return undefined;
  const message = `The VIP ${body.address} could not be put on the interface, so clients do not find this director.`;
  return { versionInForce: version, reason: 'VipNotHeld', message };
}

function stranded({ body, version }: Document<ServiceDocument>, { ground }: Findings): Finding {
  const addresses = (body?.servers ?? [])
    .map(({ address }) => address)
    .filter((address) => ground.segments.deviceFor(address) === undefined);
  if (addresses.length === 0) return undefined;
  const message = `No interface of this director is on a segment with ${someOf(addresses)}; the service runs without.`;
  return { versionInForce: version, reason: 'NoSharedSegment', message };
}
