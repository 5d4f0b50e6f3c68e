/** A real server of one virtual service, as an operator wants it. Immutable. */
import type { Address } from './address.js';

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
}

/** What an operator may say about a real server; what is left out has a default. */
export interface RealServerDraft {
  readonly address: Address;
  readonly port?: number | null | undefined;
  readonly weight?: number | undefined;
  readonly forwardingMethod?: ForwardingMethod | undefined;
  readonly enabled?: boolean | undefined;
}

export const REAL_SERVER_DEFAULTS: Omit<RealServer, 'id' | 'number' | 'address'> = {
  port: null,
  weight: 1000,
  forwardingMethod: 'direct-return',
  enabled: true,
};

export interface RealServerIdentity {
  readonly id: string;
  readonly number: number;
}

export function newRealServer(draft: RealServerDraft, identity: RealServerIdentity): RealServer {
  return withChanges<RealServer>({ ...REAL_SERVER_DEFAULTS, ...identity, address: draft.address }, draft);
}

/** A field that is left out or undefined stays as it is. */
export function withChanges<T extends object>(
  object: T,
  changes: { readonly [K in keyof T]?: T[K] | undefined },
): T {
  const said = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...object, ...Object.fromEntries(said) };
}
