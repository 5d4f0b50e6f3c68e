/**
 * Forgets what directors found out about servers that are no more. It is done in the background, because who removes a
 * server would otherwise wait for reports that are being taken, which in turn wait for it.
 */
import type { DataSource } from 'typeorm';

const SQL = `
  DELETE FROM health_fact WHERE (server_number, node_id) IN (
    SELECT f.server_number, f.node_id FROM health_fact f
    WHERE f.server_number NOT IN (SELECT number FROM real_server)
    FOR UPDATE OF f SKIP LOCKED)`;

export async function pruneHealthFacts(dataSource: DataSource): Promise<void> {
  await dataSource.query(SQL);
}
