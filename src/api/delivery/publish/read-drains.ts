/** Reads the drains of services, and which servers the directors know of those that a change takes away. */
import type { EntityManager } from 'typeorm';
import type { Drain } from '../../../compiler/service-document.js';
import { DIRECTORS_SCOPE } from './write-documents.js';

export interface StoredDrain extends Drain {
  /** One that is over names nobody any more, whether or not somebody has cleared it away. */
  readonly isOn: boolean;
}

export type DrainsByService = ReadonlyMap<string, readonly StoredDrain[]>;

interface Row extends StoredDrain {
  readonly serviceId: string;
  readonly isStored: boolean;
}

/** As the directors' documents are stored: a drain is for flows, and only a server that is in them has any. */
const SQL = `
  SELECT virtual_service_id::text AS "serviceId", server_number AS number, host(address) AS address,
    until > now() AS "isOn", true AS "isStored"
  FROM drain WHERE virtual_service_id = ANY ($1::uuid[])
  UNION ALL
  SELECT d.key, e.number, host(e.address), true, false
  FROM document d, jsonb_to_recordset(d.body->'servers') AS e (number integer, address inet)
  WHERE d.scope = '${DIRECTORS_SCOPE}' AND d.key = ANY ($2::text[]) AND e.number = ANY ($3::integer[])`;

/** @param away numbers of servers that are taken away. */
export async function readDrains(
  manager: EntityManager,
  serviceIds: readonly string[],
  away: readonly number[] = [],
): Promise<{ readonly drains: DrainsByService; readonly known: DrainsByService }> {
  if (serviceIds.length === 0) return { drains: new Map(), known: new Map() };
  const rows: Row[] = await manager.query(SQL, [serviceIds, away.length === 0 ? [] : serviceIds, away]);
  return {
    drains: byService(rows.filter(({ isStored }) => isStored)),
    known: byService(rows.filter(({ isStored }) => !isStored)),
  };
}

function byService(rows: readonly Row[]): DrainsByService {
  const drains = new Map<string, StoredDrain[]>();
  for (const { serviceId, number, address, isOn } of rows) {
    const of = drains.get(serviceId);
    if (of === undefined) drains.set(serviceId, [{ number, address, isOn }]);
    else of.push({ number, address, isOn });
  }
  return drains;
}
