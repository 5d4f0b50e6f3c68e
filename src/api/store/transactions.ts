/**
 * Runs a piece of work in one transaction, and again when PostgreSQL asks for that (deadlock, serialization).
 * The work must therefore do nothing outside the database. Within a request that is one transaction, it is part of that.
 */
import { Inject, Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { DataSource, QueryFailedError, type EntityManager } from 'typeorm';
import { Failed, failure } from '../../domain/failure.js';
import { hasMovedDocuments } from './commit-order.js';
import { joinedTransaction } from './joined-transaction.js';
import { onOneConnection } from './on-one-connection.js';
import { BoundedTurns } from './bounded-turns.js';
import { drawNothing } from './placeholders.js';
import { WriteTogether } from './write-together.js';

/**
 * Writers queue for the commit order, and each that waits there holds a connection. So only this many of the pool's
 * connections are for them, and reads, probes and credentials always find one.
 */
const AT_ONCE = 6;
/** Of those that are left for reads. Each that waits has its request at hand, which may be of 16 MiB. */
const PLANS = { atOnce: 2, waiting: 16, longestWaitMs: 10_000 };
/** Of the same; each has at hand what differs of all that there is. */
const WORKED_OUT_AT_ONCE = 2;
const ATTEMPTS = 4;
const READ_ONLY = ' ISOLATION LEVEL REPEATABLE READ, READ ONLY';
const TRY_AGAIN = new Set(['40001', '40P01']);

/** Reads, over the connection that it is given, what a transaction has moved; never rejects. */
type ReadMoved = (manager: EntityManager) => Promise<void>;

@Injectable()
export class Transactions {
  private readMoved: ReadMoved = () => Promise.resolve();
  private readonly turn = pLimit(AT_ONCE);
  private readonly turnToPlan = new BoundedTurns(PLANS, tooManyPlans);
  private readonly turnToWorkOut = pLimit(WORKED_OUT_AT_ONCE);
  private readonly together = new WriteTogether({
    alone: (work) => this.turn(() => this.attempt(work)),
    inTransaction: (work) => this.turn(() => this.once(work)),
  });

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** To be called in the same packet as each COMMIT that documents moved in, to spare the way round by NOTIFY. */
  behindCommit(readMoved: ReadMoved): void {
    this.readMoved = readMoved;
  }

  run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const joined = joinedTransaction();
    return joined === undefined ? this.turn(() => this.attempt(work)) : work(joined);
  }

  /**
   * Runs a write that may share its transaction with others that come at the same moment. It must lock services by
   * `lockVirtualServices`, and store what it changes by `commitChanges` and nothing beside, or after that alone.
   */
  runTogether<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const joined = joinedTransaction();
    return joined === undefined ? this.together.run(work) : work(joined);
  }

  /**
   * Runs work that must change nothing, on one snapshot of all that is committed: PostgreSQL itself refuses every write in
   * it and every lock that somebody could wait for, and nothing is drawn. Refused where too many wait for the same.
   */
  plan<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.turnToPlan.run(() =>
      onOneConnection(this.dataSource, async (manager) => {
        drawNothing(manager);
        return this.inTransaction(manager, work, READ_ONLY);
      }),
    );
  }

  /** Reads what a change is worked out of, where that is all there is, before its transaction begins. It is none itself. */
  workOut<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.turnToWorkOut(() => onOneConnection(this.dataSource, work));
  }

  private async attempt<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(work);
      } catch (error) {
        if (attempt === ATTEMPTS || !asksForAnotherTry(error)) throw error;
      }
    }
  }

  private once<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return onOneConnection(this.dataSource, (manager) => this.inTransaction(manager, work));
  }

  /** The transaction begins in one packet with the first statements of the work, which need no answer to that. */
  private async inTransaction<T>(
    manager: EntityManager,
    work: (manager: EntityManager) => Promise<T>,
    mode = '',
  ): Promise<T> {
    try {
      const [, result] = await Promise.all([manager.query(`START TRANSACTION${mode}`), work(manager)]);
      await Promise.all([manager.query('COMMIT'), hasMovedDocuments(manager) && this.readMoved(manager)]);
      return result;
    } catch (error) {
      // Where the connection is lost, PostgreSQL rolls back by itself.
      await manager.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }
}

function tooManyPlans(): Failed {
  return new Failed(
    failure(
      'unavailable',
      'too-many-plans',
      'Too many plans are being made, or wait for that.',
      'Ask again after Retry-After seconds. Writes themselves do not wait for plans.',
    ),
  );
}

function asksForAnotherTry(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code } = error.driverError as { code?: string };
  return code !== undefined && TRY_AGAIN.has(code);
}
