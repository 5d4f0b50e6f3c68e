import { AddressField } from '../http/fields/address-field.js';
import { BooleanField } from '../http/fields/boolean-field.js';
import { EnumField } from '../http/fields/enum-field.js';
import { IntegerField } from '../http/fields/integer-field.js';

/** A real server as an operator wants it. */
export class RealServerDto {
  @AddressField({
    description: 'Address of the real server, on a segment of the directors; not the VIP.',
    example: '192.0.2.11',
  })
  address: string;

  @IntegerField({
    description: "Direct return keeps the port: leave it out or null for the service's.",
    min: 1,
    max: 65_535,
    optional: true,
    nullable: true,
    example: 80,
  })
  port?: number | null;

  @IntegerField({
    description: 'Share of new flows among the servers of the service; 0 takes none and keeps the old ones.',
    min: 0,
    max: 65_535,
    optional: true,
    default: 1000,
    example: 1000,
  })
  weight?: number;

  @EnumField({
    description: 'Direct return: packets arrive unchanged, replies go straight to the client.',
    values: ['direct-return', 'nat'],
    name: 'ForwardingMethod',
    optional: true,
    default: 'direct-return',
    example: 'direct-return',
  })
  forwardingMethod?: 'direct-return' | 'nat';

  @BooleanField({
    description: 'False: drain it for `drainSeconds`, then take it out and unbind the VIP.',
    optional: true,
    default: true,
    example: true,
  })
  enabled?: boolean;

  @BooleanField({
    description:
      'True: gets new flows only while fewer than `minHealthy` of the other servers of the service are healthy.',
    optional: true,
    default: false,
    example: false,
  })
  backup?: boolean;

  @BooleanField({
    description:
      'True: an agent sets its host up and proves it. False: no agent runs there; it gets packets once an operator ' +
      'has attested it and the directors have found it silent about the VIP.',
    optional: true,
    default: true,
    example: true,
  })
  managed?: boolean;
}
