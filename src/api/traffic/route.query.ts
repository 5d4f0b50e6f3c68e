import { AddressField } from '../http/fields/address-field.js';
import { IntegerParameter } from '../http/fields/integer-field.js';

/** Where a packet would come from. */
export class RouteQuery {
  @AddressField({
    description: 'Address of a client, of the family that the virtual service has.',
    example: '198.51.100.10',
  })
  source: string;

  @IntegerParameter({ description: 'Port of that client.', min: 1, max: 65_535, example: 40_000 })
  sourcePort: number;

  @IntegerParameter({
    description:
      'Port of the virtual service that the packet is for. Default: its port, which is the first one of a range.',
    min: 1,
    max: 65_535,
    optional: true,
  })
  port?: number;
}
