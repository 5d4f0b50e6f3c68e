import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/**
 * The name that the caller reached this API by. Nest's own `Headers` would put it into the OpenAPI document as a required
 * parameter, which no browser lets a page fill in.
 */
export const HostName = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  context.switchToHttp().getRequest<Request>().get('Host'),
);
