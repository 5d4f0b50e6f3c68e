/** A service whose traffic is looked at: its document, and the ground that its elements were made on. */
import { isIPv6 } from 'node:net';
import type { ServiceDocument } from '../../../contract/documents.js';
import type { Ground } from '../../../forwarding/ground.js';
import type { Family } from '../../../forwarding/layout.js';

export interface SeenService {
  readonly body: ServiceDocument;
  readonly ground: Ground;
}

export function familyOf({ body }: SeenService): Family {
  return isIPv6(body.address) ? 6 : 4;
}

/** Null where the document does not name the server any more. */
export function addressOf({ body }: SeenService, server: number): string | null {
  return body.servers.find(({ number }) => number === server)?.address ?? null;
}
