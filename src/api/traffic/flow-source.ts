/** What a question may say of a client's address, before any director is asked. */
import { familyOf, type Address } from '../../domain/address.js';
import { Failed, rulesBroken } from '../../domain/failure.js';
import { portsOf, type VirtualService } from '../../domain/virtual-service.js';
import { invalidRequest, violation } from '../http/invalid-request.js';
import { readAddress } from '../http/read-address.js';

/** Packets from an address of the other family never come to the VIP. */
export function sourceFor({ address }: VirtualService, text: string): Address {
  const source = readAddress(text);
  if (familyOf(source) === familyOf(address)) return source;
  throw new Failed(
    rulesBroken([
      {
        kind: 'unprocessable',
        code: 'address-families-differ',
        field: 'source',
        message: `source is of another address family than the VIP ${address}.`,
        hint: 'Name the address that the client reaches the VIP from.',
      },
    ]),
  );
}

/** Undefined where nothing was said, so that a director that knows of no ports is asked as ever. */
export function portFor(service: VirtualService, port: number | undefined): { readonly port?: number } {
  if (port === undefined) return {};
  const { first, last } = portsOf(service);
  if (port >= first && port <= last) return { port };
  throw invalidRequest(
    violation(
      'parameter-invalid',
      'port',
      `The virtual service has ${first === last ? `port ${first} alone` : `ports ${first} to ${last}`}.`,
      'Leave port out, or name one of these.',
    ),
  );
}

/** Of an IPv6 flow a hash of address and port is remembered. */
export function requireIpv4({ address }: VirtualService): void {
  if (familyOf(address) === 'ipv4') return;
  throw invalidRequest(
    violation(
      'parameter-invalid',
      'source',
      'Flows over IPv6 are remembered by a hash of address and port, and cannot be found by their address.',
      'Name address and port: GET …/route?source=…&sourcePort=…',
    ),
  );
}
