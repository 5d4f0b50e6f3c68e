/** Ends the streams of nodes that were forgotten, or have joined again and hold another credential now. */
import type { EntityManager } from 'typeorm';
import type { OpenStreams } from './open-streams.js';

export async function endStrangers(manager: EntityManager, streams: OpenStreams): Promise<void> {
  const open = streams.all;
  if (open.length === 0) return;
  const rows: { id: string }[] = await manager.query(
    `SELECT n.id FROM unnest($1::uuid[], $2::text[]) AS w (id, credential)
     JOIN node n ON n.id = w.id AND n.credential_hash = decode(w.credential, 'hex')`,
    [open.map(({ node }) => node.id), open.map(({ node }) => node.credentialHash)],
  );
  const known = new Set(rows.map(({ id }) => id));
  for (const stream of open) {
    if (known.has(stream.node.id)) continue;
    streams.remove(stream);
    stream.end();
  }
}
