/** A real server of one virtual service, as an operator wants it. Immutable. */
import type { Address } from './address.js';
import type { Attestation } from './attestation.js';
import { withChanges } from './with-changes.js';

export type ForwardingMethod = 'direct-return' | 'nat';

export interface RealServer {
  readonly id: string;
  /** Its mark in the kernel; stable and never used again. */
  readonly number: number;
  readonly address: Address;
  /** Null: the port of the service, also when that changes. */
  readonly port: number | null;
  /** Share of new flows, 0 to 65535; 0 takes no new ones. */
  readonly weight: number;
  readonly forwardingMethod: ForwardingMethod;
  readonly enabled: boolean;
  /** Gets new flows only while too few of the others are healthy (see `minHealthy` of its service). */
  readonly backup: boolean;
  /** An agent sets its host up and proves it. False: an operator does, and attests it. */
  readonly managed: boolean;
  /** Null also where it is managed. */
  readonly attestation: Attestation | null;
}

/** What an operator may say about a real server; what is left out has a default. */
export interface RealServerDraft {
  readonly address: Address;
  readonly port?: number | null | undefined;
  readonly weight?: number | undefined;
  readonly forwardingMethod?: ForwardingMethod | undefined;
  readonly enabled?: boolean | undefined;
  readonly backup?: boolean | undefined;
  readonly managed?: boolean | undefined;
}

/** What is left out stays as it is. */
export type RealServerChanges = { readonly [K in keyof RealServerDraft]?: RealServerDraft[K] | undefined };

export const REAL_SERVER_DEFAULTS: Omit<RealServer, 'id' | 'number' | 'address'> = {
  port: null,
  weight: 1000,
  forwardingMethod: 'direct-return',
  enabled: true,
  backup: false,
  managed: true,
  attestation: null,
};

export interface RealServerIdentity {
  readonly id: string;
  readonly number: number;
}

/** What an operator may say; nothing else is taken from a draft or a change, whatever it holds. */
const SAID = ['address', 'port', 'weight', 'forwardingMethod', 'enabled', 'backup', 'managed'] as const;

export function newRealServer(draft: RealServerDraft, identity: RealServerIdentity): RealServer {
  const { id, number } = identity;
  return changedRealServer({ ...REAL_SERVER_DEFAULTS, id, number, address: draft.address }, draft);
}

/**
 * Who disables a server, or has it return otherwise, is told to unbind its VIP, so that what was attested before is
 * worth nothing after.
 */
export function changedRealServer(server: RealServer, changes: RealServerChanges): RealServer {
  const changed = withChanges(server, changes, SAID);
  const released = shallHoldVip(server) && !shallHoldVip(changed);
  return changed.managed || released ? withoutAttestation(changed) : changed;
}

function shallHoldVip({ enabled, forwardingMethod }: RealServer): boolean {
  return enabled && forwardingMethod === 'direct-return';
}

/** One that stands is renewed: what the directors have found for it still counts. */
export function attestedRealServer(server: RealServer, word: Attestation): RealServer {
  const { revision } = server.attestation ?? word;
  return { ...server, attestation: { ...word, revision } };
}

export function withoutAttestation(server: RealServer): RealServer {
  return server.attestation === null ? server : { ...server, attestation: null };
}
