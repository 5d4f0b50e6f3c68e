import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { BodyExamples } from './openapi/body-examples.js';

type PatchClass = new () => object;

/** Documents a merge patch (RFC 7396) of the fields of a class, and both media types that it may come as. */
export const MergePatchBody = (type: PatchClass, examples?: BodyExamples) =>
  applyDecorators(
    ApiConsumes('application/merge-patch+json', 'application/json'),
    ApiBody({ type, ...(examples !== undefined && { examples }) }),
  );
