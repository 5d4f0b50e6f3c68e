/**
 * Decides about a real server without an agent: it may get packets when an operator has attested it and the directors
 * have found it silent. Neither alone is enough: a word proves nothing on the wire, and a host that is silent may just
 * not hold the VIP.
 */
import type { RealServer } from './real-server.js';
import { silenceOnSegment } from './silence-on-segment.js';
import type { SilenceObservation } from './status.js';
import type { VirtualService } from './virtual-service.js';

export interface UnmanagedObstacle {
  readonly reason: 'NotAttested' | 'NotSilent' | 'SilenceNotProved';
  readonly message: string;
}

/** Null: it may get packets. */
export function unmanagedObstacle(
  service: VirtualService,
  server: RealServer,
  silence: SilenceObservation | null,
): UnmanagedObstacle | null {
  if (server.attestation === null) return { reason: 'NotAttested', message: notAttested(service, server) };
  const { status, suffices, message } = silenceOnSegment(service, server, silence);
  if (suffices) return null;
  return { reason: status === 'False' ? 'NotSilent' : 'SilenceNotProved', message };
}

interface UnmanagedCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly since: Date | null;
}

/** What the API shows of it in place of an agent's proofs. */
export function unmanagedConditions(
  service: VirtualService,
  server: RealServer,
  silence: SilenceObservation | null,
): readonly UnmanagedCondition[] {
  const { status, reason, message } = silenceOnSegment(service, server, silence);
  const since = silence?.changedAt ?? null;
  return [
    attested(service, server),
    { type: 'SilentOnSegment', status, reason, message, since },
    { type: 'ArpSilent', status, reason, message, since },
    { type: 'VipBound', status: 'Unknown', reason: 'NotManaged', message: NOBODY_LOOKS, since: null },
  ];
}

const NOBODY_LOOKS = 'Without an agent nobody looks whether the host holds the VIP; it is attested, or not.';

function attested(service: VirtualService, server: RealServer): UnmanagedCondition {
  const type = 'Attested';
  const { attestation } = server;
  if (attestation === null) {
    const message = notAttested(service, server);
    return { type, status: 'False', reason: 'NotAttested', message, since: null };
  }
  const { actor, at, ticket } = attestation;
  const message = `${actor} has attested it${ticket === null ? '' : ` under ${ticket}`}.`;
  return { type, status: 'True', reason: 'Attested', message, since: at };
}

function notAttested({ id, address: vip }: VirtualService, { id: serverId, address }: RealServer): string {
  const path = `/v1/virtual-services/${id}/real-servers/${serverId}`;
  return (
    `Nobody has attested that ${address} holds ${vip} silently. Set the host up by hand or by the script of ` +
    `GET ${path}/setup?os=linux, then PUT ${path}/attestation.`
  );
}
