/** Forgets events that are older than they are kept for, and the oldest where there are too many. The newest always stays. */
import type { DataSource } from 'typeorm';

/** About a kilobyte each, so that whatever happens they fit on a disk. */
const MOST_EVENTS = 2_000_000;
const AT_A_TIME = 10_000;

const SQL = `
  DELETE FROM event WHERE position = ANY (ARRAY(
    SELECT o.position FROM (SELECT position, recorded_at FROM event ORDER BY position LIMIT ${AT_A_TIME}) AS o
    CROSS JOIN event_log l WHERE o.position < l.position
      AND (o.recorded_at < now() - make_interval(days => $1::integer) OR o.position <= l.position - ${MOST_EVENTS})))`;

export async function pruneEvents(dataSource: DataSource, days: number): Promise<void> {
  for (let forgotten = AT_A_TIME; forgotten === AT_A_TIME;) {
    const [, count]: [unknown[], number] = await dataSource.query(SQL, [days]);
    forgotten = count;
  }
}
