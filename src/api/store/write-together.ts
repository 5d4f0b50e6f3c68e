/**
 * Gathers writes while others are being committed, and makes those that have come meanwhile one transaction with one commit.
 * To whoever asks it makes no difference: who cannot go with the others goes alone, and so does each of them where
 * the transaction fails before its commit. A write that comes alone has a transaction to itself, at once.
 */
import { AsyncResource } from 'node:async_hooks';
import { QueryFailedError, type EntityManager } from 'typeorm';
import { GoesAlone, SetFailed, SharedTransaction } from './shared-transaction.js';

/** So many have their answers late where one of them makes the transaction fail. */
const MOST_AT_ONCE = 32;
/** So long others wait for one transaction at most, and go beside it then: it may itself wait for somebody's lock. */
const LONGEST_WAIT_MS = 1_000;
/** Each would wait for it as long again. */
const LOCK_NOT_AVAILABLE = '55P03';

type Work<T> = (manager: EntityManager) => Promise<T>;

interface Roads {
  /** Runs a write in a transaction to itself. */
  alone<T>(work: Work<T>): Promise<T>;
  /** Runs work in a transaction that is committed with what it returns, and rolled back where it throws. */
  inTransaction<T>(work: Work<T>): Promise<T>;
}

interface Write {
  readonly run: Work<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class WriteTogether {
  private waiting: Write[] = [];
  private isUnderWay = false;

  constructor(private readonly roads: Roads) {}

  run<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      // Each goes on as the request that it is of, whoever it is that runs them.
      const run = AsyncResource.bind(work);
      this.waiting.push({ run, resolve: (result) => resolve(result as T), reject });
      // Those that come in the same turn go together.
      setImmediate(() => this.next());
    });
  }

  private next(): void {
    if (this.isUnderWay || this.waiting.length === 0) return;
    this.isUnderWay = true;
    const writes = this.waiting.splice(0, MOST_AT_ONCE);
    const [first, ...others] = writes;
    const goes = first !== undefined && others.length === 0 ? this.goAlone(first) : this.goTogether(writes);
    let isDone = false;
    const done = () => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      this.isUnderWay = false;
      this.next();
    };
    const timer = setTimeout(done, LONGEST_WAIT_MS);
    void goes.finally(done);
  }

  private async goAlone({ run, resolve, reject }: Write): Promise<void> {
    await this.roads.alone(run).then(resolve, reject);
  }

  private async goTogether(writes: readonly Write[]): Promise<void> {
    let ended: PromiseSettledResult<unknown>[] = [];
    let isCommitting = false;
    try {
      await this.roads.inTransaction(async (manager) => {
        ended = await runAll(manager, writes);
        const failed = ended.find(couldNotLock) ?? ended.find(failsAll);
        if (failed !== undefined) throw reasonOf(failed);
        isCommitting = true;
      });
    } catch (error) {
      const isUnknown = isCommitting || ended.length === 0;
      const isLocked = ended.some(couldNotLock);
      for (const [index, write] of writes.entries()) {
        const end = ended[index];
        if (end !== undefined && isRefusal(end)) write.reject(end.reason);
        else if (isUnknown || (isLocked && end?.status === 'rejected')) write.reject(error);
        else void this.goAlone(write);
      }
      return;
    }
    for (const [index, write] of writes.entries()) this.answer(write, ended[index]);
  }

  private answer(write: Write, end: PromiseSettledResult<unknown> | undefined): void {
    if (end?.status === 'fulfilled') write.resolve(end.value);
    else if (end !== undefined && isRefusal(end)) write.reject(end.reason);
    else void this.goAlone(write);
  }
}

function runAll(manager: EntityManager, writes: readonly Write[]): Promise<PromiseSettledResult<unknown>[]> {
  const shared = new SharedTransaction(manager, writes.length);
  return Promise.allSettled(writes.map(({ run }) => shared.seat(run)));
}

type Rejected = PromiseRejectedResult & { readonly reason: unknown };

/** The transaction cannot be committed, or must not. */
function failsAll(end: PromiseSettledResult<unknown>): end is Rejected {
  return end.status === 'rejected' && (end.reason instanceof SetFailed || isOfDatabase(end.reason));
}

/** It was refused for what it asks for, before it had changed anything. */
function isRefusal(end: PromiseSettledResult<unknown>): end is Rejected {
  return end.status === 'rejected' && !failsAll(end) && !(end.reason instanceof GoesAlone);
}

function reasonOf({ reason }: Rejected): unknown {
  return reason instanceof SetFailed ? reason.cause : reason;
}

function couldNotLock(end: PromiseSettledResult<unknown>): end is Rejected {
  if (end.status === 'fulfilled') return false;
  const reason = reasonOf(end);
  return isOfDatabase(reason) && (reason.driverError as { code?: string }).code === LOCK_NOT_AVAILABLE;
}

function isOfDatabase(error: unknown): error is QueryFailedError {
  return error instanceof QueryFailedError;
}
