import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { Request } from 'express';

const readIfMatch = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  context.switchToHttp().getRequest<Request>().get('If-Match'),
);

/** The `If-Match` header, for `requireMatch`; undefined where there is none. */
export function IfMatch(): ParameterDecorator {
  return (target, key, index) => {
    if (key === undefined) throw new Error('IfMatch belongs to a method');
    const descriptor = Object.getOwnPropertyDescriptor(target, key);
    readIfMatch()(target, key, index);
    if (descriptor !== undefined) ApiHeader(DOCUMENTED)(target, key, descriptor);
  };
}

const DOCUMENTED = {
  name: 'If-Match',
  required: false,
  description: 'The ETag of the object as it was read; the write is refused when it has changed since.',
  schema: { type: 'string' as const },
  example: '"42"',
};
