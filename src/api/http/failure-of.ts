/**
 * Reads any error as a failure that a caller may see, or as none, which makes it a fault of ours (500).
 * Messages of frameworks and databases never pass: they tell of insides, and may quote what was sent.
 */
import { HttpException } from '@nestjs/common';
import { Failed, failure, type Failure, type FailureKind } from '../../domain/failure.js';
import { databaseFailure } from './database-failure.js';

export function failureOf(error: unknown): Failure | null {
  if (error instanceof Failed) return error.failure;
  if (error instanceof HttpException) return HTTP_FAILURES[error.getStatus()] ?? null;
  return databaseFailure(error);
}

/** What Nest and Express throw on their own: few, for guards, parsers and pipes are ours. */
const HTTP_FAILURES: Readonly<Partial<Record<number, Failure>>> = {
  400: plain('request-malformed', 'The request cannot be read.'),
  401: plain('unauthenticated', 'This request needs a credential.', 'unauthorized'),
  403: plain('forbidden', 'This credential does not open this.', 'forbidden'),
  404: plain('not-found', 'There is nothing at this path.', 'not-found'),
  413: plain('body-too-large', 'The body is too large.', 'payload-too-large'),
  415: plain(
    'unsupported-media-type',
    'The body is of a media type that is not read here.',
    'unsupported-media-type',
  ),
  503: plain('unavailable', 'This process cannot answer right now.', 'unavailable'),
};

function plain(
  code: string,
  message: string,
  kind: Exclude<FailureKind, 'unprocessable'> = 'invalid',
): Failure {
  const hint = 'See /docs for what is there and what it takes.';
  return kind === 'invalid'
    ? { kind, code, message, hint, violations: [] }
    : failure(kind, code, message, hint);
}
