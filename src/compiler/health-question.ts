/** What directors ask the servers of one service on the VIP. Seconds become milliseconds, texts of datagrams base64. Pure. */
import type { HealthPage, HealthQuestion, UdpExchange } from '../contract/documents.js';
import {
  datagramOf,
  type HealthCheck,
  type HttpHealthCheck,
  type UdpHealthCheck,
} from '../domain/health-check.js';
import type { VirtualService } from '../domain/virtual-service.js';

/** Null: nothing is checked. */
export function healthQuestion({
  port,
  healthCheck,
}: Pick<VirtualService, 'port' | 'healthCheck'>): HealthQuestion | null {
  if (healthCheck.type === 'none') return null;
  const { type, intervalSeconds, timeoutSeconds, rise, fall } = healthCheck;
  return {
    type,
    port: healthCheck.port ?? port,
    intervalMs: intervalSeconds * 1_000,
    timeoutMs: timeoutSeconds * 1_000,
    rise,
    fall,
    ...exchangeOf(healthCheck),
  };
}

function exchangeOf(check: Exclude<HealthCheck, { type: 'none' }>): Pick<HealthQuestion, 'http' | 'udp'> {
  if (check.type === 'tcp') return {};
  return check.type === 'udp' ? { udp: datagrams(check) } : { http: page(check) };
}

function page({ method, path, host, expectedStatus, expectedBody }: HttpHealthCheck): HealthPage {
  return { method, path, host, expectedStatus, ...(expectedBody !== null && { expectedBody }) };
}

function datagrams({ payload, expectedReply, encoding }: UdpHealthCheck): UdpExchange {
  const base64 = (text: string): string => datagramOf(text, encoding)?.toString('base64') ?? '';
  return { payload: base64(payload), expected: expectedReply === null ? null : base64(expectedReply) };
}
