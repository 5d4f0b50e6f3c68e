/**
 * What a host asks a service on its VIP to see that it answers. It tells a proof of this service from one of another
 * that had the same first port. Pure.
 */
import { portsOf, type ServiceProtocol, type VirtualService } from './virtual-service.js';

export interface ServiceQuestion {
  readonly protocol: ServiceProtocol;
  readonly port: number;
  readonly endPort: number;
  /** Where the health check asks for a page, the host asks for the same one; everything else it asks by itself. */
  readonly http?: PageQuestion;
}

interface PageQuestion {
  readonly scheme: 'http' | 'https';
  /** Left out: GET. */
  readonly method?: 'HEAD';
  readonly path: string;
  readonly host: string | null;
  readonly expectedStatus: number;
  /** Left out: whatever it says. */
  readonly expectedBody?: string;
}

/** As much of a service as its host must know to hold the VIP for it and to see that it answers there. */
export type HostedService = Pick<VirtualService, 'protocol' | 'port' | 'endPort' | 'healthCheck'>;

export function serviceQuestion(service: HostedService): ServiceQuestion {
  const { first: port, last: endPort } = portsOf(service);
  const http = pageQuestion(service);
  return { protocol: service.protocol, port, endPort, ...(http === undefined ? {} : { http }) };
}

export function isSameQuestion(one: ServiceQuestion, other: ServiceQuestion): boolean {
  return isSamePort(one, other) && one.endPort === other.endPort && isSamePage(one.http, other.http);
}

/** They begin at the same port, as a service does that is asked otherwise than before. */
export function isSamePort(one: ServiceQuestion, other: ServiceQuestion): boolean {
  return one.protocol === other.protocol && one.port === other.port;
}

function isSamePage(one: PageQuestion | undefined, other: PageQuestion | undefined): boolean {
  return (
    one?.scheme === other?.scheme &&
    one?.method === other?.method &&
    one?.path === other?.path &&
    one?.host === other?.host &&
    one?.expectedStatus === other?.expectedStatus &&
    one?.expectedBody === other?.expectedBody
  );
}

/** A page on a port of its own says nothing of the service's. */
function pageQuestion({ protocol, port, healthCheck }: HostedService): PageQuestion | undefined {
  if (protocol !== 'tcp' || (healthCheck.type !== 'http' && healthCheck.type !== 'https')) return undefined;
  const { type: scheme, method, path, host, expectedStatus, expectedBody } = healthCheck;
  if ((healthCheck.port ?? port) !== port) return undefined;
  return {
    scheme,
    ...(method === 'HEAD' && { method }),
    path,
    host,
    expectedStatus,
    ...(expectedBody !== null && { expectedBody }),
  };
}
