/** Reads all that is known of one real server and has it judged. It changes nothing, and asks no node. */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { diagnose } from '../../diagnosis/diagnose.js';
import { brokenRules } from '../../domain/rules/all-rules.js';
import { loadSurroundings } from '../changes/load-surroundings.js';
import { virtualServiceNotFound } from '../changes/change-virtual-service.js';
import { requireServer } from '../real-servers/write-real-servers.js';
import { readObservations } from '../status/read-status.js';
import { loadVirtualServices } from '../store/load-virtual-services.js';
import { onOneConnection } from '../store/on-one-connection.js';
import { neighboursOfDirectors } from './neighbours-of-directors.js';
import { strangersThatAnswer } from './strangers-that-answer.js';
import { troublesOfDirectors } from './troubles-of-directors.js';
import { DiagnosisView } from './diagnosis.view.js';
import { knownServer, type Seen } from './known-server.js';

@Injectable()
export class DiagnoseRealServer {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async one(serviceId: string, serverId: string): Promise<DiagnosisView> {
    const seen = await onOneConnection(this.dataSource, (manager) => see(manager, serviceId, serverId));
    return DiagnosisView.of(seen, diagnose(knownServer(seen)), new Date());
  }
}

async function see(manager: EntityManager, serviceId: string, serverId: string): Promise<Seen> {
  const [service] = await loadVirtualServices(manager, [serviceId]);
  if (service === undefined) throw virtualServiceNotFound(serviceId);
  const server = requireServer(service, serverId);
  const [[observed], [surroundings], strangers, neighbours, troubles] = await Promise.all([
    readObservations(manager, [service]),
    loadSurroundings(manager, [service], [service.id]),
    strangersThatAnswer(manager, service.address, server),
    neighboursOfDirectors(manager, server.address),
    troublesOfDirectors(manager),
  ]);
  const observation = observed?.servers.get(server.number);
  if (observed === undefined || observation === undefined || surroundings === undefined)
    throw new Error('a server was not observed');
  const violations = brokenRules({ before: null, after: service, surroundings });
  const onDirectors = observed.observation;
  return { service, server, observation, onDirectors, strangers, neighbours, troubles, violations };
}
