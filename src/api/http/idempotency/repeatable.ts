import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { Plannable } from '../../plans/plannable.js';
import { ApiProblems } from '../api-problems.js';
import { IDEMPOTENCY_KEY } from './keyed-request.js';
import { RevisionLinkInterceptor } from '../../progress/revision-link.interceptor.js';
import { RepeatableInterceptor } from './repeatable.interceptor.js';

/**
 * The route takes an Idempotency-Key, and can be planned. Everything that it does in the database must go by `Transactions` or
 * `onOneConnection`, and it must wait for nobody: with a key, everybody else's changes wait until it has answered.
 */
export const Repeatable = () =>
  applyDecorators(
    // First, and so outside: what is only planned has no answer to keep.
    Plannable(),
    // The last is inside: what it adds is kept with the answer.
    UseInterceptors(RepeatableInterceptor, RevisionLinkInterceptor),
    ApiHeader({
      name: IDEMPOTENCY_KEY,
      description:
        'Names this request, such as a UUID. The same request with the same key gets the same answer for 24 hours, with ' +
        '`Idempotency-Replayed: true`, and nothing is done again.',
      required: false,
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    }),
    ApiProblems(409, 422),
  );
