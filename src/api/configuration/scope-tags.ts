import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiQuery, type ApiQueryOptions } from '@nestjs/swagger';
import type { Request } from 'express';
import { readScope } from './configuration-scope.js';

/** For a parameter of type `Scope`; the query class of the route leaves tags out. */
export const ScopeTags = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  readScope(context.switchToHttp().getRequest<Request>().query),
);

/** Documents what `ScopeTags` takes: an object that is exploded, so that each of its members is a parameter. */
export const ScopeParameters = () =>
  applyDecorators(
    ApiQuery({
      name: 'tags',
      required: false,
      description:
        'Limits the request to a part: the services with all of these tags, each said as `tag.<key>=<value>`. Others are ' +
        'neither shown, nor changed, nor deleted. Such as `tag.env=prod`.',
      style: 'form',
      explode: true,
      schema: {
        type: 'object',
        // Else Swagger UI makes some up, and sends them.
        example: {},
        additionalProperties: { type: 'string', maxLength: 16_384 },
        propertyNames: { pattern: '^tag\\.' },
      },
    } as ApiQueryOptions),
  );
