import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { PROBLEM_MEDIA_TYPE } from './problem.js';

const DESCRIPTIONS = {
  400: 'The request cannot be read: `json-malformed`, `field-required`, `field-invalid`, `unknown-field`, `address-not-usable`, `unknown-parameter` and the like.',
  401: '`unauthenticated`: no credential, or none that is known.',
  404: '`not-found`: there is no such object.',
  409: 'In the way of something that exists: `virtual-service-overlaps`, `real-server-exists`, `not-in-force`, `conflict`; or `idempotency-key-in-use`: repeat it after `Retry-After` seconds.',
  410: '`events-forgotten`: events after `Last-Event-ID` are not kept any more; `hint` tells where to begin.',
  412: '`precondition-failed`: the object is at another revision than `If-Match` names.',
  413: '`body-too-large`: the body is larger than 1 MiB; of bulk requests 4 MiB, of a configuration 16 MiB, as YAML 8 MiB.',
  415: '`unsupported-media-type`: the body is not JSON in UTF-8, nor YAML where that is taken.',
  422: 'A rule is broken: `direct-return-requires-force-l4`, `direct-return-keeps-the-port`, `address-families-differ`, `not-enforceable`, `too-many-real-servers`, `idempotency-key-reused` and the like; all broken rules are in `errors`.',
  429: '`too-many-questions`: the directors are asked as much as they answer; or `too-many-streams`: so many readers hang at this process. Repeat it after `Retry-After` seconds.',
  503: '`database-unavailable`, `no-director-connected`, `director-cannot-tell` or `try-again`: repeat it after `Retry-After` seconds.',
  504: '`director-did-not-answer`: no director has answered in time; `detail` names them.',
} as const;

export type DocumentedStatus = keyof typeof DESCRIPTIONS;

/** Documents the errors of an operation. */
export function ApiProblems(...statuses: readonly DocumentedStatus[]): MethodDecorator & ClassDecorator {
  return applyDecorators(...statuses.map(problemResponse));
}

function problemResponse(status: DocumentedStatus): MethodDecorator & ClassDecorator {
  const schema = { $ref: '#/components/schemas/Problem' };
  return ApiResponse({
    status,
    description: DESCRIPTIONS[status],
    content: { [PROBLEM_MEDIA_TYPE]: { schema } },
  });
}
