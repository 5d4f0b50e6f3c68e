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
}
