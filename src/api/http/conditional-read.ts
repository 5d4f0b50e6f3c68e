import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';

export const CONDITIONAL_KEY = 'homeward:conditional-read';

/** The answers of this route have an entity tag, and 304 says that nothing of the answer has moved. */
export const ConditionalRead = () =>
  applyDecorators(
    SetMetadata(CONDITIONAL_KEY, true),
    ApiHeader({
      name: 'If-None-Match',
      description:
        'ETag of an earlier answer; where the answer would be the same, status included, it is 304.',
      required: false,
      schema: { type: 'string', maxLength: 8_192 },
    }),
    ApiResponse({ status: 304, description: 'As it was when its ETag was answered.' }),
  );
