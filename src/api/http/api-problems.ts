import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { PROBLEM_MEDIA_TYPE } from './problem.js';

const MEANINGS = {
  400: 'The request cannot be read.',
  401: 'There is no credential, or none that is known.',
  404: 'There is no such object.',
  409: 'Something that exists is in the way, or wants an approval. With `Retry-After`: repeat it after so many seconds.',
  410: 'Events after `Last-Event-ID` are not kept any more; `hint` tells where to begin.',
  412: 'The object is at another revision than the one that you have read.',
  413: 'The body is larger than 1 MiB; of bulk requests 4 MiB, of a configuration 16 MiB, as YAML 8 MiB.',
  415: 'The body is not JSON in UTF-8, nor YAML where that is taken.',
  422: 'Rules are broken; `errors` has all of them.',
  429: 'More is asked than can be answered; repeat it after `Retry-After` seconds.',
  500: 'A fault of ours; the log has it under the `requestId`.',
  503: 'It cannot be done now; repeat it after `Retry-After` seconds.',
  504: 'No director has answered in time; `detail` names them.',
} as const;

export type DocumentedStatus = keyof typeof MEANINGS;

export const DOCUMENTED_STATUS = Object.keys(MEANINGS).map(Number) as readonly DocumentedStatus[];

/** Documents the errors of an operation. Their codes follow from what it takes (openapi/problem-codes.ts). */
export function ApiProblems(...statuses: readonly DocumentedStatus[]): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ...statuses.map((status) => ApiResponse({ status, ...problemResponse(status, []) })),
  );
}

export interface ProblemResponse {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: { readonly $ref: string } }>>;
  /** For programs, such as generators and tests. */
  readonly 'x-problem-codes': readonly string[];
}

export function problemResponse(status: DocumentedStatus, codes: readonly string[]): ProblemResponse {
  const named = codes.length === 0 ? '' : ` Codes: ${codes.map((code) => `\`${code}\``).join(', ')}.`;
  const schema = { $ref: '#/components/schemas/Problem' };
  return {
    description: `${MEANINGS[status]}${named}`,
    content: { [PROBLEM_MEDIA_TYPE]: { schema } },
    'x-problem-codes': codes,
  };
}
