import { CommandFailed } from '../../../platform/command-runner.js';

/** nft refused the text; a lack of memory or of time says nothing about it. */
export function isRefusal(error: unknown): error is CommandFailed {
  return error instanceof CommandFailed && error.exitCode === 1;
}
