/** Makes the script with which a person sets up a host without an agent, for one VIP and all that the host serves on it. */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { vipDocument } from '../../compiler/vip-document.js';
import { Failed, rulesBroken } from '../../domain/failure.js';
import type { RealServer } from '../../domain/real-server.js';
import type { HostedService } from '../../domain/service-question.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { setupScript } from '../../setup/setup-script.js';
import { virtualServiceNotFound } from '../changes/change-virtual-service.js';
import { loadVirtualServices } from '../store/load-virtual-services.js';
import { onOneConnection } from '../store/on-one-connection.js';
import type { SetupQuery } from './setup.query.js';
import { requireServer } from './write-real-servers.js';

/** Services at the VIP with a real server on this host. */
const HOSTED = `
  SELECT s.id FROM virtual_service s JOIN real_server r ON r.virtual_service_id = s.id
  WHERE s.address = $1 AND r.address = $2 AND r.forwarding_method = 'direct-return'`;

@Injectable()
export class MakeSetupScript {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async make(serviceId: string, serverId: string, { os, part = 'apply' }: SetupQuery): Promise<string> {
    const services = await onOneConnection(this.dataSource, (manager) =>
      hosted(manager, serviceId, serverId),
    );
    const [{ address }] = services;
    const vip = vipDocument(address, services.map(withoutQuestion));
    if (vip === null) throw new Error('there is at least one service');
    return setupScript(os, vip, part);
  }
}

async function hosted(
  manager: EntityManager,
  serviceId: string,
  serverId: string,
): Promise<[VirtualService, ...VirtualService[]]> {
  const [service] = await loadVirtualServices(manager, [serviceId]);
  if (service === undefined) throw virtualServiceNotFound(serviceId);
  const server = requireServer(service, serverId);
  if (server.managed) throw isManaged(server);
  const rows: { id: string }[] = await manager.query(HOSTED, [service.address, server.address]);
  const others = rows.map(({ id }) => id).filter((id) => id !== serviceId);
  return [service, ...(await loadVirtualServices(manager, others))];
}

/** A script asks no service for anything. */
function withoutQuestion(service: VirtualService): HostedService {
  return { ...service, healthCheck: { type: 'none' } };
}

function isManaged({ address }: RealServer): Failed {
  return new Failed(
    rulesBroken([
      {
        kind: 'unprocessable',
        code: 'real-server-is-managed',
        field: '/managed',
        message: `${address} is managed: its agent sets the host up, and would find what a script has done in its way.`,
        hint: 'Install the agent there; or, where no agent can run, set managed to false first.',
      },
    ]),
  );
}
