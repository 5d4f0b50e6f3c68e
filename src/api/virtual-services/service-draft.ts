/** Reads a validated body into what the domain understands, and shows a service as the body that would make it. */
import { HEALTH_CHECK_DEFAULTS, type HealthCheck } from '../../domain/health-check.js';
import type { VirtualService, VirtualServiceDraft } from '../../domain/virtual-service.js';
import { readAddress } from '../http/read-address.js';
import type { HealthCheckDto } from './health-check.dto.js';
import type { VirtualServiceFieldsDto } from './virtual-service.dto.js';

export function readServiceDraft(dto: VirtualServiceFieldsDto): VirtualServiceDraft {
  const { name, description, port, endPort, protocol, forceL4, enabled, scheduler, drainSeconds, tags } = dto;
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
    healthCheck: dto.healthCheck === undefined ? undefined : readHealthCheck(dto.healthCheck),
    drainSeconds,
    tags: tags === undefined ? undefined : { ...tags },
  };
}

/** The body that would make this service, without its real servers. */
export function serviceBody(service: VirtualService): object {
  const { name, description, address, port, endPort, protocol, forceL4, enabled } = service;
  const { scheduler, persistence, healthCheck, drainSeconds, tags } = service;
  const head = { name, description, address, port, endPort, protocol, forceL4, enabled };
  return { ...head, scheduler, persistence, healthCheck, drainSeconds, tags };
}

function readHealthCheck(dto: HealthCheckDto): HealthCheck {
  const { type, intervalSeconds, timeoutSeconds, rise, fall, path, host, expectedStatus } = dto;
  if (type === 'none') return { type };
  const {
    path: defaultPath,
    host: defaultHost,
    expectedStatus: defaultStatus,
    ...timing
  } = HEALTH_CHECK_DEFAULTS;
  const times = {
    intervalSeconds: intervalSeconds ?? timing.intervalSeconds,
    timeoutSeconds: timeoutSeconds ?? timing.timeoutSeconds,
    rise: rise ?? timing.rise,
    fall: fall ?? timing.fall,
  };
  if (type === 'tcp' || type === 'udp') return { type, ...times };
  return {
    type,
    ...times,
    path: path ?? defaultPath,
    host: host ?? defaultHost,
    expectedStatus: expectedStatus ?? defaultStatus,
  };
}
