/**
 * Says what the outcomes of asking a service mean. UDP has no answer that every server must give, and of a range some
 * ports may be unused: there silence is no proof against the service, and `Unknown` holds nobody back. Where every port
 * of a range was asked and none can serve, nobody serves. Pure.
 */
import type { VipService } from '../../contract/documents.js';
import { REASON_NOT_PROBED, type ReportedVerdict } from '../../contract/report.js';
import { someOf } from '../../platform/some-of.js';
import type { Outcome, PortOutcome } from './outcome.js';

export interface Judgement {
  /** `nothing`: it tells neither for nor against the service, and what stood before stands. */
  readonly counts: 'for' | 'against' | 'nothing';
  readonly verdict: ReportedVerdict;
}

export function judgeAnswers(vip: string, service: VipService, outcomes: readonly PortOutcome[]): Judgement {
  const astray = outcomes.find(({ outcome }) => outcome.kind === 'other-source');
  if (astray !== undefined) return against(vip, astray, { port: astray.port, endPort: astray.port });
  if (outcomes.some(({ outcome }) => outcome.kind === 'answered')) return answered(outcomes);
  for (const { outcome } of outcomes) if (outcome.kind === 'not-asked') return notAsked(outcome.detail);
  const [first] = outcomes;
  if (first === undefined) return { counts: 'nothing', verdict: NOT_PROBED };
  const mayServe = outcomes.some(({ outcome }) => isOpen(service, outcome));
  if (isWhole(service, outcomes) && !mayServe) return against(vip, first, service);
  return outcomes.length > 1 ? nobodyInRange(outcomes) : silentUdp(vip, first.port);
}

/** Silence of UDP is no proof that nobody is there. */
function isOpen({ protocol }: VipService, { kind }: Outcome): boolean {
  return protocol === 'udp' && kind === 'silent';
}

/** Every port of the service was asked. */
function isWhole({ port, endPort }: VipService, outcomes: readonly PortOutcome[]): boolean {
  return outcomes.length === endPort - port + 1;
}

export const NOT_PROBED: ReportedVerdict = {
  status: 'Unknown',
  reason: REASON_NOT_PROBED,
  message: 'The service was not asked on the VIP yet.',
};

function answered(outcomes: readonly PortOutcome[]): Judgement {
  const ports = outcomes.filter(({ outcome }) => outcome.kind === 'answered').map(({ port }) => `${port}`);
  const message =
    outcomes.length === 1
      ? 'It answers on the VIP.'
      : `It answers on the VIP, on port ${someOf(ports)} of the ${outcomes.length} that are asked.`;
  return { counts: 'for', verdict: { status: 'True', reason: 'Answered', message } };
}

function nobodyInRange(outcomes: readonly PortOutcome[]): Judgement {
  const ports = outcomes.map(({ port }) => port).join(', ');
  const message = `None of the ports ${ports} answered. Of a range, that may be as it should; see whether the service runs.`;
  return { counts: 'for', verdict: { status: 'Unknown', reason: 'NoPortAnswered', message } };
}

function silentUdp(vip: string, port: number): Judgement {
  const message =
    `Nothing refuses datagrams on ${vip} port ${port}, and nothing answers: most UDP services leave a datagram that ` +
    'they do not understand unanswered. A server bound to all addresses must answer from the VIP (IP_PKTINFO), or be bound to it.';
  return { counts: 'for', verdict: { status: 'Unknown', reason: 'NoAnswer', message } };
}

function notAsked(detail: string): Judgement {
  const message = `The agent could not ask it: ${detail}.`;
  return { counts: 'nothing', verdict: { status: 'Unknown', reason: 'CouldNotAsk', message } };
}

function against(
  vip: string,
  { outcome }: PortOutcome,
  { port, endPort }: Pick<VipService, 'port' | 'endPort'>,
): Judgement {
  const place = port === endPort ? `${vip} port ${port}` : `${vip} ports ${port} to ${endPort}`;
  const { reason, message } = complaint(place, vip, outcome);
  return { counts: 'against', verdict: { status: 'False', reason, message } };
}

function complaint(place: string, vip: string, outcome: Outcome): { reason: string; message: string } {
  switch (outcome.kind) {
    case 'refused':
      return {
        reason: 'Refused',
        message: `Nothing listens on ${place}. Start the service, and let it listen on all addresses or on the VIP, not on another one alone.`,
      };
    case 'other-source':
      return {
        reason: 'OtherSource',
        message: `The answer from ${place} came from ${outcome.source}, and no client takes that. Bind the service to ${vip}, or let it answer from the address that was asked (IP_PKTINFO).`,
      };
    case 'other-status':
      return {
        reason: 'OtherStatus',
        message: `${place} answers with HTTP status ${outcome.status}, which is not the one that the health check expects.`,
      };
    case 'other-body':
      return {
        reason: 'OtherBody',
        message: `${place} answers with a page that does not hold the text which the health check expects.`,
      };
    case 'no-http':
      return {
        reason: 'NoHttpAnswer',
        message: `${place} takes connections, and no HTTP answer came: ${outcome.detail}.`,
      };
    default:
      return {
        reason: 'NoAnswer',
        message: `${place} does not answer. See whether the service hangs, or its queue of connections is full.`,
      };
  }
}
