/**
 * How a node joins: `POST /node/v1/join` with a one-time join token, answered with the node's own credential.
 */
export const JOIN_PATH = '/node/v1/join';

export type NodeRole = 'director' | 'agent';

export interface JoinRequest {
  readonly format: number;
  /** `hwj_` and 43 characters of base64url: 256 random bits. */
  readonly joinToken: string;
  /** Must be the role that the token was made for. */
  readonly role: NodeRole;
  /** Addresses that the host has; the token's addresses must all be among them. */
  readonly addresses: readonly string[];
}

export interface JoinAnswer {
  readonly format: number;
  readonly cluster: string;
  readonly nodeId: string;
  readonly role: NodeRole;
  /** The addresses that the node is bound to, canonical. */
  readonly addresses: readonly string[];
  /** `hwn_` and 43 characters of base64url; kept 0600 at the node and as a hash at the control plane. */
  readonly credential: string;
}
