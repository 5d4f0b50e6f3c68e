import { EnumField } from '../http/fields/enum-field.js';
import { IntegerField } from '../http/fields/integer-field.js';
import { TextField } from '../http/fields/text-field.js';

/** How a director finds out that a real server answers. Which types can be enforced: GET /v1/capabilities. */
export class HealthCheckDto {
  @EnumField({
    description: 'What is checked. `none` checks nothing.',
    values: ['none', 'tcp', 'http', 'https', 'udp'],
    name: 'HealthCheckType',
    example: 'none',
  })
  type: 'none' | 'tcp' | 'http' | 'https' | 'udp';

  @IntegerField({ description: 'Seconds between checks.', min: 1, max: 3600, optional: true, default: 5 })
  intervalSeconds?: number;

  @IntegerField({
    description: 'Seconds to wait for an answer; less than the interval.',
    min: 1,
    max: 3600,
    optional: true,
    default: 2,
  })
  timeoutSeconds?: number;

  @IntegerField({
    description: 'Successes in a row that make healthy.',
    min: 1,
    max: 100,
    optional: true,
    default: 2,
  })
  rise?: number;

  @IntegerField({
    description: 'Failures in a row that make unhealthy.',
    min: 1,
    max: 100,
    optional: true,
    default: 3,
  })
  fall?: number;

  @TextField({
    description: 'Path of `http` and `https`.',
    max: 1024,
    pattern: /^\/[!-~]*$/,
    patternInWords: 'beginning with a slash, printable ASCII without spaces',
    optional: true,
    default: '/',
  })
  path?: string;

  @TextField({
    description: 'Host header of `http` and `https`; null: the VIP.',
    max: 253,
    pattern: /^[A-Za-z0-9.:[\]-]+$/,
    patternInWords: 'a host name or an address',
    optional: true,
    nullable: true,
    default: null,
  })
  host?: string | null;

  @IntegerField({
    description: 'Status that counts as success.',
    min: 100,
    max: 599,
    optional: true,
    default: 200,
  })
  expectedStatus?: number;
}
