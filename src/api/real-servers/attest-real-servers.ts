/** Takes and withdraws an operator's word about a real server without an agent; each is a change of its virtual service. */
import { Inject, Injectable } from '@nestjs/common';
import { Failed, failure } from '../../domain/failure.js';
import { attestedRealServer, withoutAttestation } from '../../domain/real-server.js';
import { withRealServer } from '../../domain/virtual-service.js';
import { ChangeVirtualService, type Terms } from '../changes/change-virtual-service.js';
import { requestContext } from '../http/request-context.js';
import { requireServer } from './write-real-servers.js';

@Injectable()
export class AttestRealServers {
  constructor(@Inject(ChangeVirtualService) private readonly road: ChangeVirtualService) {}

  async attest(serviceId: string, id: string, terms: Terms): Promise<void> {
    const { actor, ticket } = requestContext();
    await this.road.change(serviceId, terms, async (before) => {
      requireServer(before, id);
      const word = { actor: actor?.name ?? 'homeward', at: new Date(), ticket, revision: before.revision };
      return withRealServer(before, id, (server) => attestedRealServer(server, word));
    });
  }

  async withdraw(serviceId: string, id: string, terms: Terms): Promise<void> {
    await this.road.change(serviceId, terms, async (before) => {
      if (requireServer(before, id).attestation === null) throw notAttested(id);
      return withRealServer(before, id, withoutAttestation);
    });
  }
}

function notAttested(id: string): Failed {
  return new Failed(
    failure(
      'not-found',
      'not-found',
      `The real server ${id} is not attested.`,
      'There is nothing to withdraw.',
    ),
  );
}
