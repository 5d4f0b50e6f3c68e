/**
 * Looks at the statuses of virtual services and their real servers, and makes events of what has changed since they were
 * looked at last. A status that changed and changed back in between is not told: nobody saw it.
 */
import type { EntityManager } from 'typeorm';
import type { Status } from '../../../domain/status.js';
import { readStatus, type ServiceWithStatus } from '../../status/read-status.js';
import { loadVirtualServices } from '../../store/load-virtual-services.js';
import { statusChanges, toldStatus, type ToldStatus } from './status-changes.js';
import type { Draft } from './store-events.js';

interface ToldRow {
  readonly objectId: string;
  readonly virtualServiceId: string;
  readonly told: ToldStatus;
}

const READ = `
  SELECT object_id AS "objectId", virtual_service_id AS "virtualServiceId", told FROM told_status
  WHERE virtual_service_id = ANY ($1::uuid[])`;

const KEEP = `
  INSERT INTO told_status (object_id, virtual_service_id, told)
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS w ("objectId" uuid, "virtualServiceId" uuid, told jsonb)
  ON CONFLICT (object_id) DO UPDATE SET told = excluded.told`;

const FORGET = 'DELETE FROM told_status WHERE object_id = ANY ($1::uuid[])';

/** @param beganAt what is older, and was never looked at, begins in silence. */
export async function tellStatuses(
  manager: EntityManager,
  ids: readonly string[],
  beganAt: Date,
): Promise<Draft[]> {
  if (ids.length === 0) return [];
  const [services, rows] = await Promise.all([
    loadVirtualServices(manager, ids),
    manager.query<ToldRow[]>(READ, [ids]),
  ]);
  const told = new Map(rows.map((row) => [row.objectId, row.told]));
  const looked = (await readStatus(manager, services)).map((one) => lookAt(one, told, beganAt));
  const seen = new Set(looked.flatMap((one) => one.seen));
  const kept = looked.flatMap((one) => one.kept);
  const gone = rows.filter(({ objectId }) => !seen.has(objectId)).map(({ objectId }) => objectId);
  await Promise.all([
    kept.length > 0 && manager.query(KEEP, [JSON.stringify(kept)]),
    gone.length > 0 && manager.query(FORGET, [gone]),
  ]);
  return looked.flatMap((one) => one.drafts);
}

interface Looked {
  readonly seen: readonly string[];
  readonly kept: readonly ToldRow[];
  readonly drafts: readonly Draft[];
}

/** One that there was before anything was recorded is looked at for the first time, and nothing of it is news. */
function lookAt(
  { service, status, servers }: ServiceWithStatus,
  told: ReadonlyMap<string, ToldStatus>,
  beganAt: Date,
): Looked {
  const isSilent = !told.has(service.id) && service.createdAt < beganAt;
  const common = { virtualServiceId: service.id, tags: service.tags };
  const whole = { objectType: 'virtual-service', objectId: service.id, name: service.name, status } as const;
  const parts = servers.map(({ server, status: ofServer }) => {
    const { id, address } = server;
    return { objectType: 'real-server', objectId: id, name: address, status: ofServer } as const;
  });
  const all = [whole, ...parts].map(({ status: is, ...about }) => {
    const before = told.get(about.objectId) ?? null;
    const changes = statusChanges(before, is);
    const drafts = changes.map(({ what, ...change }): Draft => {
      const type = `${about.objectType}.${what}` as const;
      return { type, ...about, ...common, ...change };
    });
    return { id: about.objectId, is, isMoved: drafts.length > 0, drafts };
  });
  return {
    seen: all.map(({ id }) => id),
    kept: all.filter(({ isMoved }) => isMoved).map(({ id, is }) => keptRow(id, service.id, is)),
    drafts: isSilent ? [] : all.flatMap(({ drafts }) => drafts),
  };
}

function keptRow(objectId: string, virtualServiceId: string, status: Status): ToldRow {
  return { objectId, virtualServiceId, told: toldStatus(status) };
}
