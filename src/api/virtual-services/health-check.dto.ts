import { EnumField } from '../http/fields/enum-field.js';
import { IntegerField } from '../http/fields/integer-field.js';
import { TextField } from '../http/fields/text-field.js';

/** In characters. */
const LONGEST_EXPECTED_BODY = 1_024;
/** 1200 bytes in base64. */
const LONGEST_DATAGRAM_TEXT = 1_600;

/**
 * How the directors find out that a real server answers on the VIP. Which types can be enforced: GET /v1/capabilities.
 * What belongs to another type is left out.
 */
export class HealthCheckDto {
  @EnumField({
    description:
      'What is asked. `none`: nothing. `tcp`: a connection. `http`, `https`: a page; no redirect is followed, and no ' +
      'certificate is judged. `udp`: a datagram.',
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

  @IntegerField({
    description:
      "Where the real server is asked; null: on the service's port, of a range the first. Direct return keeps ports, so " +
      'another one has to be listened on as well, on the VIP.',
    min: 1,
    max: 65_535,
    optional: true,
    nullable: true,
    default: null,
    example: null,
  })
  port?: number | null;

  @EnumField({
    description: 'Method of `http` and `https`.',
    values: ['GET', 'HEAD'],
    name: 'HealthCheckMethod',
    optional: true,
    default: 'GET',
  })
  method?: 'GET' | 'HEAD';

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

  @TextField({
    description:
      'Text that the body of an `http` or `https` page has to hold, in UTF-8, within its first 64 KiB; null: whatever it ' +
      'says. An answer to `HEAD` has no body.',
    max: LONGEST_EXPECTED_BODY,
    optional: true,
    nullable: true,
    default: null,
    example: null,
  })
  expectedBody?: string | null;

  @TextField({
    description: 'What `udp` sends, spelled as `encoding` says; at most 1200 bytes.',
    min: 0,
    max: LONGEST_DATAGRAM_TEXT,
    multiline: true,
    optional: true,
    default: '',
    example: 'ping',
  })
  payload?: string;

  @TextField({
    description:
      'What the reply to `udp` begins with, spelled as `encoding` says; empty: any reply will do. Null: none is waited ' +
      'for. Only a refusal (ICMP port unreachable) is a failure then: a server that hangs, or is dead, or does not hold ' +
      'the VIP is not found out.',
    min: 0,
    max: LONGEST_DATAGRAM_TEXT,
    multiline: true,
    optional: true,
    nullable: true,
    default: null,
    example: 'pong',
  })
  expectedReply?: string | null;

  @EnumField({
    description:
      'How `payload` and `expectedReply` are spelled: as `text` in UTF-8, or as `base64` for any bytes.',
    values: ['text', 'base64'],
    name: 'HealthCheckEncoding',
    optional: true,
    default: 'text',
  })
  encoding?: 'text' | 'base64';
}
