/**
 * Runs a piece of work in one transaction, and again when PostgreSQL asks for that (deadlock, serialization).
 * The work must therefore do nothing outside the database.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, QueryFailedError, type EntityManager } from 'typeorm';

const ATTEMPTS = 4;
const TRY_AGAIN = new Set(['40001', '40P01']);

@Injectable()
export class Transactions {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.dataSource.transaction(work);
      } catch (error) {
        if (attempt === ATTEMPTS || !asksForAnotherTry(error)) throw error;
      }
    }
  }
}

function asksForAnotherTry(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code } = error.driverError as { code?: string };
  return code !== undefined && TRY_AGAIN.has(code);
}
