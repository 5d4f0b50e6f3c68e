/**
 * Sums up what the directors found out about a server without an agent, by asking the segment who has the VIP.
 * One answer counts at once, whichever director heard it. Silence counts when every director that is there has found
 * it, for this attestation; a server that was let in so stays in while directors come, go or cannot tell.
 */
import { askedFor } from './attestation.js';
import { familyOf } from './address.js';
import type { RealServer } from './real-server.js';
import type { DirectorFinding, SilenceObservation } from './status.js';
import type { VirtualService } from './virtual-service.js';

export interface SilenceVerdict {
  readonly status: 'True' | 'False' | 'Unknown';
  /** Whether it may get packets, as far as its silence goes. Unknown holds back only who is not in yet. */
  readonly suffices: boolean;
  readonly reason: string;
  readonly message: string;
}

export function silenceOnSegment(
  service: VirtualService,
  server: RealServer,
  silence: SilenceObservation | null,
): SilenceVerdict {
  const asked = askedFor(server.attestation);
  const { findings = [], named = false } = silence ?? {};
  const current = findings.filter((finding) => finding.asked === asked);
  const loud = current.filter(({ silent }) => silent === false);
  if (loud.length > 0) return answers(service, server, loud);
  const open = findings.filter((finding) => finding.connected && !isSettled(finding, asked));
  const found = current.filter(({ silent }) => silent === true);
  if (found.length > 0 && open.length === 0) return proved(service, found);
  return { status: 'Unknown', suffices: named, ...notProved(server, open, asked) };
}

/** It was found silent, or there is nothing that this director could ever find out. */
function isSettled({ asked, silent, onSegment }: DirectorFinding, wanted: number): boolean {
  return asked === wanted && (silent === true || !onSegment);
}

function answers(
  { address: vip }: VirtualService,
  { address }: RealServer,
  loud: readonly DirectorFinding[],
): SilenceVerdict {
  const said = loud.map(({ director, message }) => `${director}: ${message}`).join(' ');
  const cure =
    familyOf(vip) === 'ipv4'
      ? `On ${address}, set net.ipv4.conf.all.arp_ignore to 1 and net.ipv4.conf.all.arp_announce to 2, and have ${vip} on lo alone, as /32.`
      : `On ${address}, have ${vip} on lo alone, as /128; an address on any other interface is answered for.`;
  const message = `${said} ${cure} It comes back by itself when the directors have found it silent for a while.`;
  return { status: 'False', suffices: false, reason: 'AnswersForVip', message };
}

function proved({ address }: VirtualService, found: readonly DirectorFinding[]): SilenceVerdict {
  const names = found.map(({ director }) => director).join(', ');
  const message = `${names} asked who has ${address}, and the host did not answer.`;
  return { status: 'True', suffices: true, reason: 'Silent', message };
}

function notProved(
  { address }: RealServer,
  open: readonly DirectorFinding[],
  wanted: number,
): Pick<SilenceVerdict, 'reason' | 'message'> {
  if (open.length === 0) {
    const message = `No director that is connected can ask ${address}. One on its segment has to be there.`;
    return { reason: 'NoDirector', message };
  }
  const said = open.map(({ director, asked, message }) =>
    asked === wanted ? `${director}: ${message}` : `${director} has not asked yet.`,
  );
  return { reason: 'NotFoundOut', message: said.join(' ') };
}
