import { EnumField } from '../http/fields/enum-field.js';
import { field, plainRule } from '../http/fields/field.js';
import { NestedListField } from '../http/fields/nested-field.js';
import { TextField } from '../http/fields/text-field.js';

/** Writes that one plan may be about. */
const MOST_WRITES = 1_000;
const LONGEST_PATH = 2_048;

const BODY = {
  description: 'The body of the request; left out of a DELETE.',
  example: { address: '192.0.2.201', port: 80, protocol: 'tcp', realServers: [{ address: '192.0.2.11' }] },
  optional: true,
};

/** A write of this API, as it would be sent. */
export class PlannedWriteDto {
  @EnumField({
    description: 'Method of the request.',
    values: ['POST', 'PUT', 'PATCH', 'DELETE'],
    name: 'WriteMethod',
    example: 'POST',
  })
  method: string;

  @TextField({
    description: 'Path of the request, with its query if it has one.',
    max: LONGEST_PATH,
    pattern: /^\/v1\/[\x21-\x7e]*$/,
    patternInWords: 'a path that begins with /v1/',
    example: '/v1/virtual-services',
  })
  path: string;

  @field(
    BODY,
    plainRule(
      'object',
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      'must be an object',
      BODY,
    ),
    { type: 'object', additionalProperties: true },
  )
  body?: object;

  @TextField({
    description: 'The header `If-Match` of the request: another revision by now is `precondition-failed`.',
    max: 128,
    pattern: /^[\x20-\x7e]*$/,
    patternInWords: 'printable ASCII',
    optional: true,
  })
  ifMatch?: string;
}

/** Writes that are planned together: each finds what those before it would have left. */
export class PlannedWritesDto {
  @NestedListField(() => PlannedWriteDto, {
    description: 'In their order.',
    maxItems: MOST_WRITES,
  })
  changes: PlannedWriteDto[];
}
