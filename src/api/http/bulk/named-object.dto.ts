import { IntegerField } from '../fields/integer-field.js';
import { UuidField } from '../fields/uuid-field.js';

/** An object that there is. */
export class NamedObjectDto {
  @UuidField({ description: 'Its id.' })
  id: string;

  @IntegerField({
    description: 'The revision that you have read; another one by now refuses the request.',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    optional: true,
  })
  revision?: number;
}
