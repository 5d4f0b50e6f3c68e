import { UuidField } from '../http/fields/uuid-field.js';

/** What shall be as it was. */
export class RollbackDto {
  @UuidField({
    description: 'This virtual service alone, with its real servers. Left out: all virtual services.',
    optional: true,
  })
  virtualServiceId?: string;
}
