import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';

type PatchClass = new () => object;

/** Documents a merge patch (RFC 7396) of the fields of a class, and both media types that it may come as. */
export const MergePatchBody = (type: PatchClass) =>
  applyDecorators(ApiConsumes('application/merge-patch+json', 'application/json'), ApiBody({ type }));
