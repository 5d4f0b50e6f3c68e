/** Reads a validated body into what the domain understands, and shows a real server as the body that would make it. */
import type { RealServer, RealServerDraft } from '../../domain/real-server.js';
import { readAddress } from '../http/read-address.js';
import type { RealServerDto } from './real-server.dto.js';

export function readServerDraft({
  address,
  port,
  weight,
  forwardingMethod,
  enabled,
  backup,
  managed,
}: RealServerDto): RealServerDraft {
  return { address: readAddress(address), port, weight, forwardingMethod, enabled, backup, managed };
}

/** The body that would make this real server. */
export function serverBody(server: RealServer): object {
  const { address, port, weight, forwardingMethod, enabled, backup, managed } = server;
  return { address, port, weight, forwardingMethod, enabled, backup, managed };
}
