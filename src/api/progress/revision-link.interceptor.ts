import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { tap, type Observable } from 'rxjs';
import { requestContext } from '../http/request-context.js';

/** Gives the answer to a write the address at which it is told how far its revision is (RFC 8631, `status`). */
@Injectable()
export class RevisionLinkInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      tap(() => {
        const { revision } = requestContext();
        if (revision === null) return;
        const response = context.switchToHttp().getResponse<Response>();
        response.setHeader('Link', `</v1/revisions/${revision}/progress>; rel="status"`);
      }),
    );
  }
}
