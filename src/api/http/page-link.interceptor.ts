import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { tap, type Observable } from 'rxjs';
import { nextPageLink } from './page.js';

/** Gives every page that has a next one its `Link` header. */
@Injectable()
export class PageLinkInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { originalUrl } = http.getRequest<Request>();
    return next.handle().pipe(
      tap((body: { readonly nextCursor?: unknown } | null | undefined) => {
        if (typeof body?.nextCursor !== 'string') return;
        http.getResponse<Response>().setHeader('Link', nextPageLink(originalUrl, body.nextCursor));
      }),
    );
  }
}
