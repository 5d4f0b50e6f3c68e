import { EnumField } from '../http/fields/enum-field.js';
import { IntegerField } from '../http/fields/integer-field.js';

/** New flows of a source go where its earlier ones went. Whether it can be enforced: GET /v1/capabilities. */
export class PersistenceDto {
  @EnumField({
    description: 'What makes flows belong together.',
    values: ['source-ip'],
    example: 'source-ip',
  })
  type: 'source-ip';

  @IntegerField({
    description: 'Seconds since a source last began or closed a flow until it is forgotten.',
    min: 1,
    max: 86_400,
    example: 300,
  })
  timeoutSeconds: number;

  @IntegerField({
    description: 'Sources that share this many leading bits count as one; at most 32 for IPv4.',
    min: 1,
    max: 128,
    example: 32,
  })
  prefixLength: number;
}
