/** What API processes tell each other through PostgreSQL's NOTIFY, always in the transaction that made it true. */
import type { EntityManager } from 'typeorm';

/** Documents moved. */
export const DOCUMENTS_CHANNEL = 'homeward_documents';
/** A node was forgotten, or got a new credential. */
export const NODES_CHANNEL = 'homeward_nodes';

/** Nodes said something that may bring a change into force, or out of it. */
export const REPORTS_CHANNEL = 'homeward_reports';

/** A node is asked something: its id and that of the question. */
export const QUESTIONS_CHANNEL = 'homeward_questions';
/** A question was answered: its id. */
export const ANSWERS_CHANNEL = 'homeward_answers';

/** A revision was taken: its number. */
export const REVISIONS_CHANNEL = 'homeward_revisions';
/** Events were recorded: the position of the last. */
export const EVENTS_CHANNEL = 'homeward_events';

export async function notify(manager: EntityManager, channel: string): Promise<void> {
  await manager.query('SELECT pg_notify($1, $2)', [channel, '']);
}
