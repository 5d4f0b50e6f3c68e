/**
 * Whether the directors' health check finds out what the agent's question does, so that a server that is in is theirs to
 * judge: they ask over the way of clients, as often as the operator said, and take nobody out when most fall at once.
 * They cannot where the check is of another port or protocol than the service, or expects no reply. Pure.
 */
import type { VirtualService } from './virtual-service.js';

export function directorsJudge({
  port,
  protocol,
  healthCheck,
}: Pick<VirtualService, 'port' | 'protocol' | 'healthCheck'>): boolean {
  if (healthCheck.type === 'none' || (healthCheck.port ?? port) !== port) return false;
  if (healthCheck.type === 'udp') return protocol === 'udp' && healthCheck.expectedReply !== null;
  return protocol === 'tcp';
}
