/**
 * Decides what a host may hold before its network is up and before anybody can be asked. What would hurt the host shows
 * only when its network cards have their addresses, so nothing is bound but what the agent had bound before, and what
 * is still wanted, be it by a document that this program cannot read. A VIP of an operator's is left to them to put
 * back; it is covered before they do. Pure.
 */
import { bodyDecoder } from '../../contract/decode-documents.js';
import type { Document, VipDocument } from '../../contract/documents.js';
import { isIpv6 } from '../../contract/canonical-address.js';
import { refuseAddress } from './refuse-vip.js';

export interface BootPlan {
  readonly bind: ReadonlySet<string>;
  /** To be covered by the guard alone. */
  readonly awaited: readonly string[];
  readonly silenceNeeded: boolean;
  /** Documents that cannot be what they were; in words. */
  readonly problems: readonly string[];
}

/** What the agent's ledger knows. */
interface Remembered {
  readonly ours: ReadonlySet<string>;
  readonly borrowed: ReadonlySet<string>;
  readonly changedSettings: boolean;
}

const decode = bodyDecoder('agent');

/** `documents`: all that are held. */
export function planBoot(documents: Iterable<Document>, remembered: Remembered): BootPlan {
  const problems: string[] = [];
  const bind = new Set<string>();
  for (const document of documents) {
    const { problem, usable } = judge(document);
    if (problem !== undefined) problems.push(problem);
    if (usable && remembered.ours.has(document.key)) bind.add(document.key);
  }
  const awaited = [...remembered.borrowed];
  const ipv4 = [...bind, ...awaited].some((address) => !isIpv6(address));
  return { bind, awaited, silenceNeeded: ipv4 || remembered.changedSettings, problems };
}

function judge({ key, body }: Document): { readonly problem: string | undefined; readonly usable: boolean } {
  const decoded = decode(body);
  // Without a gateway or an address of a card, this is what can be known.
  const refusal = (vip: Pick<VipDocument, 'address'>) => refuseAddress(key, vip)?.message;
  if (decoded.ok) {
    const problem = refusal(decoded.value);
    return { problem, usable: problem === undefined };
  }
  // That the VIP shall be here is said by the key alone, and nobody has said that it shall go.
  const problem = `the document of ${key} is not understood: ${decoded.problem}`;
  return { problem, usable: refusal({ address: key }) === undefined };
}
