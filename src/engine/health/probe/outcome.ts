/** What came of asking a server once. */
export type Outcome =
  | { readonly kind: 'answered' }
  /** The server did not do what was asked for. */
  | { readonly kind: 'failed'; readonly reason: FailureReason; readonly message: string }
  /** The question could not be asked from here, which tells nothing about the server. */
  | { readonly kind: 'not-asked'; readonly message: string };

export type FailureReason =
  | 'Refused'
  | 'TimedOut'
  | 'Unreachable'
  | 'TlsFailed'
  | 'NoHttp'
  | 'UnexpectedStatus'
  | 'UnexpectedBody'
  | 'UnexpectedReply';

export const ANSWERED: Outcome = { kind: 'answered' };

export function failed(reason: FailureReason, message: string): Outcome {
  return { kind: 'failed', reason, message };
}

/** What the failure of a socket says, before anything was exchanged. */
export function outcomeOf(error: Error): Outcome {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED') return failed('Refused', 'It refused the connection.');
  if (code === 'ECONNRESET' || code === 'EPIPE') return failed('Refused', 'It reset the connection.');
  if (code === 'EHOSTUNREACH' || code === 'EACCES')
    return failed('Unreachable', 'A host said that it cannot be reached.');
  if (code === 'ETIMEDOUT') return failed('TimedOut', 'It did not take the connection.');
  return { kind: 'not-asked', message: error.message };
}

export function timedOut(timeoutMs: number, awaited: string): Outcome {
  return failed('TimedOut', `No ${awaited} within ${timeoutMs} ms.`);
}
