/** Reads a validated body into what the domain understands, and shows a service as the body that would make it. */
import { HEALTH_CHECK_DEFAULTS, type HealthCheck } from '../../domain/health-check.js';
import type { VirtualService, VirtualServiceDraft } from '../../domain/virtual-service.js';
import { withChanges } from '../../domain/with-changes.js';
import { readAddress } from '../http/read-address.js';
import type { HealthCheckDto } from './health-check.dto.js';
import type { VirtualServiceFieldsDto } from './virtual-service.dto.js';

export function readServiceDraft(dto: VirtualServiceFieldsDto): VirtualServiceDraft {
  const { name, description, port, endPort, protocol, forceL4, enabled, scheduler, tags } = dto;
  const { flowAffinity, drainSeconds, slowStartSeconds, minHealthy } = dto;
  return {
    name,
    description,
    address: readAddress(dto.address),
    port,
    endPort,
    protocol,
    forceL4,
    enabled,
    scheduler,
    persistence:
      dto.persistence === undefined || dto.persistence === null ? dto.persistence : { ...dto.persistence },
    flowAffinity,
    healthCheck: dto.healthCheck === undefined ? undefined : readHealthCheck(dto.healthCheck),
    drainSeconds,
    slowStartSeconds,
    minHealthy,
    tags: tags === undefined ? undefined : { ...tags },
  };
}

/** The body that would make this service, without its real servers. */
export function serviceBody(service: VirtualService): object {
  const { name, description, address, port, endPort, protocol, forceL4, enabled } = service;
  const { scheduler, persistence, flowAffinity, healthCheck } = service;
  const { drainSeconds, slowStartSeconds, minHealthy, tags } = service;
  const head = { name, description, address, port, endPort, protocol, forceL4, enabled };
  const choice = { scheduler, persistence, flowAffinity, healthCheck };
  return { ...head, ...choice, drainSeconds, slowStartSeconds, minHealthy, tags };
}

/** What belongs to checks of other types is left out: a patch of the type alone leaves it behind. */
function readHealthCheck(dto: HealthCheckDto): HealthCheck {
  const { type } = dto;
  switch (type) {
    case 'none':
      return { type };
    case 'tcp':
      return { type, ...withDefaults(dto, HEALTH_CHECK_DEFAULTS.tcp) };
    case 'udp':
      return { type, ...withDefaults(dto, HEALTH_CHECK_DEFAULTS.udp) };
    case 'http':
    case 'https':
      return { type, ...withDefaults(dto, HEALTH_CHECK_DEFAULTS.http) };
  }
}

/** The fields of `defaults`, each as it is said, or else as it is there. */
function withDefaults<T extends object>(
  said: { readonly [K in keyof T]?: T[K] | undefined },
  defaults: T,
): T {
  return withChanges(defaults, said, Object.keys(defaults) as (keyof T)[]);
}
