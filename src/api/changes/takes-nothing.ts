/**
 * Whether a change takes nothing from anybody, by what it says itself: no service, no place of one, and no server. Such a
 * change makes room for nobody and needs no approval, so that others can be judged beside it as if it were made. Pure.
 */
import type { RealServer } from '../../domain/real-server.js';
import { withdraws } from './judge-losses.js';
import type { ServiceChange } from './service-change.js';

export function takesNothing({ before, after }: ServiceChange): boolean {
  if (before === null) return true;
  if (after === null || withdraws({ before, after })) return false;
  const kept = new Map(after.realServers.map((server) => [server.id, server]));
  return before.realServers.every((server) => staysAsGood(server, kept.get(server.id)));
}

function staysAsGood(before: RealServer, after: RealServer | undefined): boolean {
  if (after === undefined) return false;
  const fields = [
    'address',
    'port',
    'enabled',
    'forwardingMethod',
    'managed',
    'attestation',
    'backup',
  ] as const;
  return fields.every((field) => before[field] === after[field]) && (after.weight > 0 || before.weight === 0);
}
