import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/**
 * The `If-Match` header, for `requireMatch`; undefined where there is none. Nest's own `Headers` would put it into
 * the OpenAPI document as required; IfMatchHeader documents it as it is.
 */
export const IfMatch = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  context.switchToHttp().getRequest<Request>().get('If-Match'),
);
