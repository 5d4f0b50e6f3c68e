/**
 * Documents that this program never understood, as after a step back to an older one. Their services may be in the
 * kernel all the same; number and address, which every contract so far names alike, tell what there belongs to them.
 * It takes nothing else from such a document, and takes nothing for granted of those two. Pure.
 */
import { isCanonicalAddress } from '../contract/canonical-address.js';
import type { Document } from '../contract/documents.js';
import type { Fault } from '../contract/report.js';

/** Older than any. */
const UNKNOWN_VERSION = 0;

/** What must be left in the kernel as it is. */
interface Spared {
  /** Of services. */
  readonly numbers: ReadonlySet<number>;
  readonly vips: ReadonlySet<string>;
}

export function sparedBy(strange: Iterable<Document>): Spared {
  const spared = { numbers: new Set<number>(), vips: new Set<string>() };
  for (const service of [...strange].flatMap(readable)) {
    spared.numbers.add(service.number);
    spared.vips.add(service.address);
  }
  return spared;
}

/**
 * Some version of them may be in force, and nobody knows which. Who counts on it that none is would let real servers go
 * to whom packets still come.
 */
export function strangeFaults(strange: Iterable<Document>): Fault[] {
  return [...strange].flatMap((document) =>
    readable(document).map(() => ({
      key: document.key,
      versionInForce: UNKNOWN_VERSION,
      reason: 'NotUnderstood',
      message: 'What this director has of the service stays as it is.',
    })),
  );
}

/** One, or none. */
function readable({ body }: Document): { readonly number: number; readonly address: string }[] {
  const { number, address }: { readonly number?: unknown; readonly address?: unknown } = body ?? {};
  if (typeof number !== 'number' || typeof address !== 'string' || !isCanonicalAddress(address)) return [];
  return [{ number, address }];
}
