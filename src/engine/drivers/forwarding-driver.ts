/**
 * What the engine asks of a data plane. A driver puts documents in force on a ground, each whole or not at all, and
 * one that cannot be put in force never holds up the others.
 */
import type { Capabilities } from '../../contract/capabilities.js';
import type { Document, ServiceDocument } from '../../contract/documents.js';
import type { Ground } from '../ground.js';

export type ServiceInForce = Document<ServiceDocument> & { readonly body: ServiceDocument };

export function hasBody(document: Document<ServiceDocument>): document is ServiceInForce {
  return document.body !== null;
}

/** Why a document could not be put in force, by key. */
export type Refusals = ReadonlyMap<string, string>;

export interface ForwardingDriver {
  readonly name: string;
  readonly capabilities: Capabilities;
  version(): Promise<string>;
  /** The documents in force, by key. */
  readonly inForce: ReadonlyMap<string, ServiceInForce>;
  /** Exactly these documents, whatever was there; what is right already is not touched. */
  reconcile(documents: readonly ServiceInForce[], ground: Ground): Promise<Refusals>;
  /** These changes on the ground of the last reconcile; a refused document leaves in force what was. */
  apply(changes: readonly Document<ServiceDocument>[]): Promise<Refusals>;
}
