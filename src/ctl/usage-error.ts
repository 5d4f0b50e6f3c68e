import { EXIT } from './exit-codes.js';

/** What was asked for cannot be asked of the API. */
export class UsageError extends Error {
  readonly exitCode = EXIT.usage;
}
