import { AddressField } from '../http/fields/address-field.js';
import { EnumField } from '../http/fields/enum-field.js';
import { IntegerParameter } from '../http/fields/integer-field.js';
import { TextField } from '../http/fields/text-field.js';
import { PageQuery } from '../http/page.js';

/** Which virtual services to list; all conditions given must hold. */
export class VirtualServicesQuery extends PageQuery {
  @TextField({ description: 'Exactly this name.', max: 255, optional: true })
  name?: string;

  @AddressField({ description: 'This VIP.', optional: true })
  address?: string;

  @IntegerParameter({
    description: 'A port that the service answers on.',
    min: 1,
    max: 65_535,
    optional: true,
  })
  port?: number;

  @EnumField({ description: 'This protocol.', values: ['tcp', 'udp'], name: 'Protocol', optional: true })
  protocol?: 'tcp' | 'udp';
}
