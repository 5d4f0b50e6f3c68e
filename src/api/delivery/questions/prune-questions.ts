/** Removes questions of API processes that died while they waited; every other one is removed by who asked it. */
import type { DataSource } from 'typeorm';

export async function pruneQuestions(dataSource: DataSource): Promise<void> {
  await dataSource.query("DELETE FROM question WHERE asked_at < now() - interval '5 minutes'");
}
