/**
 * Sums up what the directors found out about a server without an agent, by asking the segment who has the VIP.
 * One answer of the host counts at once, whichever director heard it. Silence counts when every director that is there
 * has found it, for this attestation, and nobody unknown answered in the host's place: that may be another network card
 * of it. A server that was let in so stays in while directors come, go or cannot tell.
 */
import { askedFor } from './attestation.js';
import { familyOf } from './address.js';
import type { RealServer } from './real-server.js';
import type { DirectorFinding, SilenceObservation } from './status.js';
import type { VirtualService } from './virtual-service.js';

/** What a director heard that is away for longer does not outweigh what all those that are there find now. */
export const LONG_AWAY_MINUTES = 10;

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
  const open = findings.filter((finding) => finding.connected && !isSettled(finding, asked));
  const found = current.filter(({ silent }) => silent === true);
  const silentNow = open.length === 0 && found.some(({ connected }) => connected);
  const loud = current.filter(({ silent, longAway }) => silent === false && !(silentNow && longAway));
  if (loud.length > 0) return answers(service, server, loud);
  if (found.length > 0 && open.length === 0) return proved(service, found);
  const others = open.filter((finding) => finding.asked === asked && finding.strangers.length > 0);
  const reason =
    others.length > 0 ? somebodyAnswers(service, server, others) : notProved(server, open, asked);
  return { status: 'Unknown', suffices: named, ...reason };
}

/** It was found silent and nobody answered in its place, or there is nothing that this director could ever find out. */
function isSettled({ asked, silent, onSegment, strangers }: DirectorFinding, wanted: number): boolean {
  return asked === wanted && (!onSegment || (silent === true && strangers.length === 0));
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
  const back = 'It comes back by itself when the directors have found it silent for a while.';
  const message = [said, cure, back, ...loud.flatMap(awayAdvice)].join(' ');
  return { status: 'False', suffices: false, reason: 'AnswersForVip', message };
}

/** It cannot find out that the host is silent now. */
function awayAdvice({ director, nodeId, connected }: DirectorFinding): string[] {
  if (connected) return [];
  return [
    `${director} is away. What it heard counts until others on the segment find the host silent and it has been away for ` +
      `${LONG_AWAY_MINUTES} minutes; if it is gone for good, forget it (DELETE /v1/nodes/${nodeId}).`,
  ];
}

function somebodyAnswers(
  { address: vip }: VirtualService,
  { address }: RealServer,
  others: readonly DirectorFinding[],
): Pick<SilenceVerdict, 'reason' | 'message'> {
  const said = others.map(({ director, strangers }) => `${director}: ${strangers.join(', ')} answered.`);
  const message =
    `${said.join(' ')} Asked was who has ${vip}, and that is neither known as ${address} nor as a director. See on all ` +
    `network cards of ${address}, and on other machines of the segment, who has ${vip}, and take it off there.`;
  return { reason: 'SomebodyAnswers', message };
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
