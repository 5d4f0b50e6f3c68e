/**
 * Which process of all on the database does what need not be done twice: the one whose connection holds an advisory lock. A
 * process that dies gives it up with its connection; one that is stopped keeps both, so whoever holds it has to say
 * something from time to time, and others end the connection of one that does not. Being chosen makes nothing safe: what must not be done twice has
 * a lock of its own, in the transaction that does it.
 */
import type { Client } from 'pg';

/** Of PostgreSQL's advisory locks, the one that the chosen process holds: "homeward" in ASCII, shortened. */
const CHOSEN_LOCK = 0x686f6d65;

/** How often the chosen process says something at least, and after how long without a word it is none any more. */
export const CHOSEN_WORD_MS = 1_000;
const CHOSEN_SILENT_MS = 30_000;

const TRY = 'SELECT pg_try_advisory_lock($1) AS got';

const END_SILENT = `
  SELECT pg_terminate_backend(a.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = $1 AND l.objsubid = 1 AND l.granted
    AND a.datname = current_database() AND l.database = a.datid
    AND a.state_change < clock_timestamp() - $2 * interval '1 ms'`;

/** Whether this connection has the lock now. Where another has it and is silent, the next try may get it. */
export async function tryToBeChosen(client: Client, silentMs: number = CHOSEN_SILENT_MS): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>(TRY, [CHOSEN_LOCK]);
  const got = rows[0]?.got === true;
  if (!got) await client.query(END_SILENT, [CHOSEN_LOCK, silentMs]);
  return got;
}

/** Rejects where the connection is lost, and with it the lock. */
export async function sayStillChosen(client: Client): Promise<void> {
  await client.query('SELECT 1');
}
