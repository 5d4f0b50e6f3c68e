import { QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { expect, it } from 'vitest';
import { databaseFailure } from './database-failure.js';

it('a connection that is lost, in whatever words, is a database that does not answer', () => {
  const lost = [
    new Error('Connection terminated unexpectedly'),
    new Error('timeout exceeded when trying to connect'),
    new QueryRunnerProviderAlreadyReleasedError(),
  ];
  for (const error of lost) expect(databaseFailure(error)?.code, error.message).toBe('database-unavailable');
  expect(databaseFailure(new Error('something else'))).toBeNull();
});
