import { AddressField } from '../http/fields/address-field.js';
import { BooleanField } from '../http/fields/boolean-field.js';
import { EnumField } from '../http/fields/enum-field.js';
import { IntegerField } from '../http/fields/integer-field.js';
import { NestedField, NestedListField } from '../http/fields/nested-field.js';
import { TagsField } from '../http/fields/tags-field.js';
import { TextField } from '../http/fields/text-field.js';
import { RealServerDto } from '../real-servers/real-server.dto.js';
import { HealthCheckDto } from './health-check.dto.js';
import { PersistenceDto } from './persistence.dto.js';

const MAX_REAL_SERVERS = 1_000;

/** A virtual service as an operator wants it, without its real servers. */
export class VirtualServiceFieldsDto {
  @TextField({
    description: 'For people; need not be unique.',
    min: 0,
    max: 255,
    optional: true,
    default: '',
    example: 'shop',
  })
  name?: string;

  @TextField({
    description: 'For people.',
    min: 0,
    max: 4_096,
    multiline: true,
    optional: true,
    default: '',
    example: 'The web shop, ticket CHG0042',
  })
  description?: string;

  @AddressField({ description: 'The VIP.', example: '192.0.2.200' })
  address: string;

  @IntegerField({ description: 'Port, or first port of a range.', min: 1, max: 65_535, example: 80 })
  port: number;

  @IntegerField({
    description: 'Last port of a range; null or left out: the one port.',
    min: 1,
    max: 65_535,
    optional: true,
    nullable: true,
    default: null,
  })
  endPort?: number | null;

  @EnumField({ description: 'Transport protocol.', values: ['tcp', 'udp'], name: 'Protocol', example: 'tcp' })
  protocol: 'tcp' | 'udp';

  @BooleanField({
    description: 'Force L4: handled at layer 4 whatever else is set. Direct return needs it.',
    optional: true,
    default: true,
    example: true,
  })
  forceL4?: boolean;

  @BooleanField({
    description: 'False: known, but not forwarded.',
    optional: true,
    default: true,
    example: true,
  })
  enabled?: boolean;

  @EnumField({
    description:
      'How a new flow finds its server. `maglev` hashes source address and port, `source-hash` the address.',
    values: ['maglev', 'source-hash', 'round-robin'],
    name: 'Scheduler',
    optional: true,
    default: 'maglev',
    example: 'maglev',
  })
  scheduler?: 'maglev' | 'source-hash' | 'round-robin';

  @NestedField(() => PersistenceDto, {
    description: 'Null: none.',
    optional: true,
    nullable: true,
    default: null,
  })
  persistence?: PersistenceDto | null;

  @BooleanField({
    description:
      'True: directors remember each flow, and it stays on its real server when others come and go. False: nothing is ' +
      'remembered, and each packet goes by its hash alone, which costs least per packet; made for questions of one ' +
      'datagram, such as DNS. When real servers come, go or are drained, some flows go on at another one. Not with ' +
      '`round-robin`, nor with `persistence`.',
    optional: true,
    default: true,
    example: true,
  })
  flowAffinity?: boolean;

  @NestedField(() => HealthCheckDto, {
    description:
      "How the directors find out that a real server answers. They ask it on the VIP, over the way of clients' packets; " +
      'one that does not answer gets no new flows until it does.',
    optional: true,
    default: { type: 'none' },
    example: { type: 'tcp', intervalSeconds: 5 },
  })
  healthCheck?: HealthCheckDto;

  @IntegerField({
    description:
      'How long established flows may go on after their server was disabled or removed; less where none is left.',
    min: 0,
    max: 86_400,
    optional: true,
    default: 300,
    example: 300,
  })
  drainSeconds?: number;

  @IntegerField({
    description:
      'A real server that turned healthy again gets its share of new flows little by little over so many seconds; 0: at once.',
    min: 0,
    max: 3_600,
    optional: true,
    default: 0,
    example: 0,
  })
  slowStartSeconds?: number;

  @IntegerField({
    description: 'While fewer real servers are healthy that are no backups, the backups get new flows too.',
    min: 1,
    max: MAX_REAL_SERVERS,
    optional: true,
    default: 1,
    example: 1,
  })
  minHealthy?: number;

  @TagsField({
    description: 'Short texts to sort by.',
    optional: true,
    default: {},
    example: { env: 'prod' },
  })
  tags?: Record<string, string>;
}

/** A virtual service with its real servers: one call makes it all. */
export class CreateVirtualServiceDto extends VirtualServiceFieldsDto {
  @NestedListField(() => RealServerDto, {
    description: 'Its real servers; more can be added later.',
    maxItems: MAX_REAL_SERVERS,
    optional: true,
    default: [],
    example: [{ address: '192.0.2.11' }, { address: '192.0.2.12' }],
  })
  realServers?: RealServerDto[];
}
