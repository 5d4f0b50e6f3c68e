import { Failed, failure } from '../../domain/failure.js';

/** 401, without a word about why a credential is refused. */
export function unauthenticated(): Failed {
  return new Failed(
    failure(
      'unauthorized',
      'unauthenticated',
      'This request needs a credential that is known here.',
      'Send the header Authorization: Bearer <token>.',
    ),
  );
}
