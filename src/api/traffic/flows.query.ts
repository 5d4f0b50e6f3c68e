import { AddressField } from '../http/fields/address-field.js';
import { UuidField } from '../http/fields/uuid-field.js';
import { PageQuery } from '../http/page.js';

/** Which flows to list; all conditions given must hold. */
export class FlowsQuery extends PageQuery {
  @UuidField({ description: 'Only those that this director remembers.', optional: true })
  directorId?: string;

  @UuidField({ description: 'Only those to this real server.', optional: true })
  realServerId?: string;

  @AddressField({
    description:
      'Only those from this address; of virtual services with IPv4 alone. Such as `198.51.100.10`.',
    optional: true,
  })
  source?: string;
}
