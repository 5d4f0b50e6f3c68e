/**
 * Strong entity tags (RFC 9110, 8.8.3): the revision of an object in quotes. `If-Match` guards a write against
 * edits that its author has not seen.
 */
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { tap, type Observable } from 'rxjs';
import { Failed, failure } from '../../domain/failure.js';

function strongEtag(revision: number): string {
  return `"${revision}"`;
}

/**
 * Throws 412 unless the `If-Match` header allows a write to an object at `revision`. No header and `*` allow it;
 * weak tags never match, for strong comparison is asked for.
 */
export function requireMatch(ifMatch: string | undefined, revision: number): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes(strongEtag(revision))) return;
  throw new Failed(
    failure(
      'precondition-failed',
      'precondition-failed',
      `The object is at revision ${revision}, which If-Match does not name.`,
      'Read the object again, look at what changed, and repeat the write with its new ETag.',
    ),
  );
}

/**
 * Sets `ETag` from the `revision` of the answered object. The tag is of the intent, while the answer also shows the
 * status, which moves by itself. So Express must not answer 304 to `If-None-Match`: it would hide what nodes reported.
 */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const response = http.getResponse<Response>();
    delete http.getRequest<Request>().headers['if-none-match'];
    return next.handle().pipe(
      tap((body: { readonly revision?: unknown } | undefined) => {
        if (typeof body?.revision === 'number') response.setHeader('ETag', strongEtag(body.revision));
      }),
    );
  }
}
