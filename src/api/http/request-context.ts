/**
 * What is known about the request that is being answered, reachable from anywhere behind it without being passed on.
 * It carries who asks and under which ticket, for the audit; it never carries a credential.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** The holder of an operator token. */
export interface Actor {
  readonly id: string;
  readonly name: string;
}

/** The node that a node credential belongs to. */
export interface NodeIdentity {
  readonly id: string;
  readonly role: 'director' | 'agent';
  /** SHA-256 in hexadecimal of the credential that it came with. */
  readonly credentialHash: string;
}

export interface RequestContext {
  readonly requestId: string;
  /** The change ticket that the caller named in `X-Change-Ticket`. */
  readonly ticket: string | null;
  /** Set by the bearer guard; null on public routes and for nodes. */
  actor: Actor | null;
  /** Set by the bearer guard on routes for nodes. */
  node: NodeIdentity | null;
  /** Set by the change that the request comes to; null where nothing was changed. */
  revision: number | null;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work`, and all that it starts, as part of a request. */
export function runInRequest<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The request being answered; an error where there is none, as in background work. */
export function requestContext(): RequestContext {
  const context = storage.getStore();
  if (context === undefined) throw new Error('no request is being answered here');
  return context;
}

/** The node that asks; only to be called on routes for nodes. */
export function currentNode(): NodeIdentity {
  const { node } = requestContext();
  if (node === null) throw new Error('this route has no node; is it marked ForNodes?');
  return node;
}
