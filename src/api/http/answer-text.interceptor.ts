/**
 * Makes the text of an answer, once, and gives it its entity tag; Express answers 304 where `If-None-Match` names that.
 * Outside of all that adds to an answer, so that the tag is of what leaves. Answers that are no JSON objects it leaves alone.
 */
import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';
import { CONDITIONAL_KEY } from './conditional-read.js';
import { entityTag } from './etag.js';

@Injectable()
export class AnswerTextInterceptor implements NestInterceptor {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    const isRead = this.reflector.get<boolean | undefined>(CONDITIONAL_KEY, context.getHandler()) === true;
    return next.handle().pipe(map((body) => (isJson(body) ? answer(response, body, isRead) : body)));
  }
}

function answer(response: Response, body: Readonly<Record<string, unknown>>, isRead: boolean): string {
  const text = JSON.stringify(body);
  const { revision } = body;
  const ofObject = typeof revision === 'number' ? revision : undefined;
  response.type('application/json');
  if (isRead || ofObject !== undefined) response.setHeader('ETag', entityTag(text, ofObject));
  // Whoever keeps it has to ask whether it still is so; nobody keeps it for others.
  if (isRead) response.setHeader('Cache-Control', 'private, no-cache');
  return text;
}

function isJson(body: unknown): body is Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !(body instanceof Uint8Array);
}
