import type { ServiceAddress } from '../listed.js';

/** `192.0.2.200:443/tcp`, `[2001:db8::200]:8000-8010/udp`. Pure. */
export function servicePlace({ address, protocol, port, endPort }: ServiceAddress): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${host}:${port}${endPort === null ? '' : `-${endPort}`}/${protocol}`;
}
