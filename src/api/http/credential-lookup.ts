import type { Actor, NodeIdentity } from './request-context.js';

/**
 * Finds who holds a credential by its SHA-256; the store implements it. Looking up by hash leaves nothing that
 * could be compared byte by byte, so timing tells an attacker nothing about a secret.
 */
export abstract class CredentialLookup {
  abstract findToken(sha256: Buffer): Promise<Actor | null>;
  abstract findNode(sha256: Buffer): Promise<NodeIdentity | null>;
}
