/**
 * Notes what reports have moved, in the transaction that moved it, for whoever looks at the statuses that hang on it; and
 * wakes all who wait for such. A row is only ever added here: two who report never wait for each other.
 */
import type { EntityManager } from 'typeorm';
import { REPORTS_CHANNEL } from './channels.js';

export interface TouchedFacts {
  readonly serviceIds: readonly string[];
  /** Of real servers. */
  readonly serverNumbers: readonly number[];
  /** Addresses, on whatever host. */
  readonly vips: readonly string[];
}

const SQL = `
  WITH noted AS (INSERT INTO touched_fact (what) VALUES ($1) RETURNING id)
  SELECT pg_notify('${REPORTS_CHANNEL}', '') FROM noted`;

export async function touchFacts(manager: EntityManager, touched: TouchedFacts): Promise<void> {
  await manager.query(SQL, [JSON.stringify(touched)]);
}
