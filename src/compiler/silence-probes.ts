/** Which real servers the directors shall ask about, because no agent does. Same input in any order, same probes. */
import type { SilenceProbe } from '../contract/documents.js';
import { returnsDirectly } from '../domain/admission.js';
import { askedFor } from '../domain/attestation.js';
import type { VirtualService } from '../domain/virtual-service.js';

/** Also of servers that are not attested yet or disabled: a host that leaks is worth knowing before it is let in. */
export function silenceProbes(service: VirtualService): readonly SilenceProbe[] {
  return service.realServers
    .filter((server) => !server.managed && returnsDirectly(service, server))
    .map(({ number, address, attestation }) => ({ number, address, asked: askedFor(attestation) }))
    .sort((a, b) => a.number - b.number);
}
