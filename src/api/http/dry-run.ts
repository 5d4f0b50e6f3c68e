/**
 * Reads whether a write is only asked what it would do. A value that is neither true nor false is refused: a question must
 * never be taken for a write.
 */
import { SetMetadata } from '@nestjs/common';
import type { Request } from 'express';
import { invalidRequest, violation } from './invalid-request.js';

export const DRY_RUN = 'dryRun';
/** Its own, so that nobody takes a plan for the object that the write would answer with. */
export const PLAN_MEDIA_TYPE = 'application/vnd.homeward.plan+json';
const PLANNABLE_KEY = 'homeward:plannable';

/** Marks a handler whose request may be a dry run. */
export const MarkPlannable = () => SetMetadata(PLANNABLE_KEY, true);

export function isPlannable(handler: object): boolean {
  return Reflect.getMetadata(PLANNABLE_KEY, handler) === true;
}

export function isDryRun({ query }: Request): boolean {
  const said = (query as Readonly<Record<string, unknown>>)[DRY_RUN];
  if (said === undefined || said === 'false') return false;
  if (said === 'true') return true;
  throw invalidRequest(
    violation(
      'parameter-invalid',
      DRY_RUN,
      `${DRY_RUN} must be true or false, and be given once.`,
      'Such as true.',
    ),
  );
}

/** The write itself takes no such parameter, and must not know that it is only asked. */
export function takeDryRunOff(request: Request): void {
  const { [DRY_RUN]: _said, ...query } = request.query;
  Object.defineProperty(request, 'query', {
    value: query,
    configurable: true,
    writable: true,
    enumerable: true,
  });
}
