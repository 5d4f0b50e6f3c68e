/**
 * Makes the text of an answer, once, and gives it its entity tag; Express answers 304 where `If-None-Match` names that.
 * Outside of all that adds to an answer, so that the tag is of what leaves. Answers that are no JSON it leaves alone.
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
import { answerText } from './answer-text.js';
import { CONDITIONAL_KEY } from './conditional-read.js';

@Injectable()
export class AnswerTextInterceptor implements NestInterceptor {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    const isRead = this.reflector.get<boolean | undefined>(CONDITIONAL_KEY, context.getHandler()) === true;
    return next.handle().pipe(map((body) => (isJson(body) ? answerText(response, body, isRead) : body)));
  }
}

function isJson(body: unknown): body is object {
  return typeof body === 'object' && body !== null && !(body instanceof Uint8Array);
}
