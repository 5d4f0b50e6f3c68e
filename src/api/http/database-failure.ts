/**
 * Reads errors of PostgreSQL by constraint and by SQLSTATE. The domain finds most conflicts first; the database has the last word
 * where two writers race, and then its answer is a failure like any other.
 */
import { failure, type Failure } from '../../domain/failure.js';
import { CONSTRAINT_FAILURES } from './constraint-failures.js';

const RACE_LOST = failure(
  'conflict',
  'conflict',
  'Somebody else changed this at the same time.',
  'Read it again and repeat the request if it still makes sense.',
);
const NOT_STORABLE: Failure = {
  kind: 'invalid',
  code: 'text-not-storable',
  message: 'The request holds text that cannot be stored.',
  hint: 'Remove NUL and other characters that no text has.',
  violations: [],
};
const TRY_AGAIN = failure(
  'unavailable',
  'try-again',
  'Too many changes came at the same time.',
  'Repeat the request; nothing was changed.',
);
const NO_DATABASE = failure(
  'unavailable',
  'database-unavailable',
  'The database does not answer.',
  'Repeat the request later; forwarding goes on meanwhile.',
);

/** Keys are SQLSTATEs (PostgreSQL, appendix A) and the system's names for a lost connection. */
const BY_CODE: Readonly<Partial<Record<string, Failure>>> = {
  '23505': RACE_LOST,
  '23503': RACE_LOST,
  '23514': RACE_LOST,
  '23P01': RACE_LOST,
  '22021': NOT_STORABLE,
  '22P05': NOT_STORABLE,
  '22P02': NOT_STORABLE,
  '40001': TRY_AGAIN,
  '40P01': TRY_AGAIN,
  '55P03': TRY_AGAIN,
  '53300': NO_DATABASE,
  '57P01': NO_DATABASE,
  '57P02': NO_DATABASE,
  '57P03': NO_DATABASE,
  '08000': NO_DATABASE,
  '08001': NO_DATABASE,
  '08003': NO_DATABASE,
  '08004': NO_DATABASE,
  '08006': NO_DATABASE,
  // It takes no connections, is not there while it is restored, or does not let us in any more.
  '55000': NO_DATABASE,
  '3D000': NO_DATABASE,
  '28000': NO_DATABASE,
  '28P01': NO_DATABASE,
  ECONNRESET: NO_DATABASE,
  EPIPE: NO_DATABASE,
};

/** pg has no code for these; of a connection that was lost between two statements, TypeORM says that it was given back. */
const LOST_CONNECTION =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered|Database connection provided by a query runner was already released)/;

interface DriverError extends Error {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly constraint?: unknown;
}

/** Null where the error is not of the database, or means a fault of ours. */
export function databaseFailure(error: unknown): Failure | null {
  const cause = driverErrorOf(error);
  if (!(cause instanceof Error)) return null;
  const { code, syscall, constraint } = cause as DriverError;
  // The database is the only thing that this process connects to.
  if (syscall === 'connect' || syscall === 'getaddrinfo') return NO_DATABASE;
  if (typeof code === 'string') return namedConstraint(constraint) ?? BY_CODE[code] ?? null;
  return LOST_CONNECTION.test(cause.message) ? NO_DATABASE : null;
}

function namedConstraint(name: unknown): Failure | undefined {
  return typeof name === 'string' ? CONSTRAINT_FAILURES[name] : undefined;
}

/** TypeORM wraps what the driver threw; a connection tried on several addresses wraps one error for each. */
function driverErrorOf(error: unknown): unknown {
  const { driverError, errors } = (error ?? {}) as {
    readonly driverError?: unknown;
    readonly errors?: unknown;
  };
  if (driverError !== undefined) return driverErrorOf(driverError);
  return error instanceof AggregateError && Array.isArray(errors) ? errors[0] : error;
}
