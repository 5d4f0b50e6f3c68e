/** The directors' documents of services that would change: as they are, as they would be, and as they would end up. */
import type { EntityManager } from 'typeorm';
import { settledServiceDocument } from '../../compiler/settled-service-document.js';
import type { DocumentBody, ServiceDocument } from '../../contract/documents.js';
import type { ServiceOnItsWay } from '../../forwarding/foretell-table.js';
import { DIRECTORS_SCOPE } from '../delivery/publish/write-documents.js';
import { idOf, type PlannedChange } from './planned-change.js';

/** Those that would be told nothing new may still come to something else, when a host has proven itself. */
export async function servicesOnTheirWay(
  manager: EntityManager,
  { services, documents }: PlannedChange,
): Promise<readonly ServiceOnItsWay[]> {
  const told = new Map(
    documents.filter(({ scope }) => scope === DIRECTORS_SCOPE).map((each) => [each.key, each]),
  );
  const changed = new Map(services.map((each) => [idOf(each), each]));
  const stored = await readStored(
    manager,
    [...changed.keys()].filter((id) => !told.has(id)),
  );
  return [...new Set([...changed.keys(), ...told.keys()])].map((key) => {
    const { before, after } = told.get(key) ?? { before: stored.get(key), after: stored.get(key) };
    const service = changed.get(key);
    const last = service === undefined ? serviceIn(after) : settledOf(service.after);
    return { key, before: serviceIn(before), after: serviceIn(after), settled: last };
  });
}

function settledOf(service: Parameters<typeof settledServiceDocument>[0] | null): ServiceDocument | null {
  return service === null ? null : settledServiceDocument(service);
}

function serviceIn(body: DocumentBody | null | undefined): ServiceDocument | null {
  return body?.kind === 'service' ? body : null;
}

async function readStored(
  manager: EntityManager,
  keys: readonly string[],
): Promise<ReadonlyMap<string, DocumentBody>> {
  if (keys.length === 0) return new Map();
  const rows: { key: string; body: DocumentBody }[] = await manager.query(
    'SELECT key, body FROM document WHERE scope = $1 AND key = ANY ($2) AND body IS NOT NULL',
    [DIRECTORS_SCOPE, keys],
  );
  return new Map(rows.map(({ key, body }) => [key, body]));
}
