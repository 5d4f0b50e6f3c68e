/** Which services of a change a host holds their VIP for. Pure. */
import { isWanted } from '../../domain/admission.js';
import type { HostedService } from '../../domain/service-question.js';
import type { VirtualService } from '../../domain/virtual-service.js';

export interface Hosted {
  readonly vip: string;
  /** Of the real server. */
  readonly address: string;
  /** By an agent. */
  readonly managed: boolean;
  readonly service: HostedService;
}

export function hostedBy(service: VirtualService | null): readonly Hosted[] {
  if (service === null) return [];
  return service.realServers
    .filter((server) => isWanted(service, server))
    .map(({ address, managed }) => ({ vip: service.address, address, managed, service: hosted(service) }));
}

/** Nobody's commands depend on what the service is asked. */
export function hosted({
  protocol,
  port,
  endPort,
}: Pick<HostedService, 'protocol' | 'port' | 'endPort'>): HostedService {
  return { protocol, port, endPort, healthCheck: { type: 'none' } };
}
