/** The directors' documents of services that would change: as they are, as they would be, and as they would end up. */
import type { EntityManager } from 'typeorm';
import { settledServiceDocument } from '../../compiler/settled-service-document.js';
import type { DocumentBody, ServiceDocument } from '../../contract/documents.js';
import type { ServiceOnItsWay } from '../../forwarding/foretell-table.js';
import { DIRECTORS_SCOPE } from '../delivery/publish/write-documents.js';
import { idOf, type PlannedChange } from './planned-change.js';

/** So many are told of at most. */
const MOST_SERVICES_TOLD = 1_000;

export interface FoundServices {
  readonly told: readonly ServiceOnItsWay[];
  readonly leftOut: number;
}

/** Those that would be told nothing new may still come to something else, when a host has proven itself. */
export async function servicesOnTheirWay(
  manager: EntityManager,
  { services, documents }: PlannedChange,
): Promise<FoundServices> {
  const documentOf = new Map(
    documents.filter(({ scope }) => scope === DIRECTORS_SCOPE).map((each) => [each.key, each]),
  );
  const changed = new Map(services.map((each) => [idOf(each), each]));
  const all = [...new Set([...changed.keys(), ...documentOf.keys()])];
  const keys = all.slice(0, MOST_SERVICES_TOLD);
  const stored = await readStored(
    manager,
    keys.filter((key) => !documentOf.has(key)),
  );
  const told = keys.map((key) => {
    const { before, after } = documentOf.get(key) ?? { before: stored.get(key), after: stored.get(key) };
    const service = changed.get(key);
    const last = service === undefined ? serviceIn(after) : settledOf(service.after);
    return { key, before: serviceIn(before), after: serviceIn(after), settled: last };
  });
  return { told, leftOut: all.length - told.length };
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
