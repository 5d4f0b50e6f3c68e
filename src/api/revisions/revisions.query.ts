import { TextField } from '../http/fields/text-field.js';
import { UuidField } from '../http/fields/uuid-field.js';
import { PageQuery } from '../http/page.js';

/** Which revisions to list; all conditions given must hold. */
export class RevisionsQuery extends PageQuery {
  @UuidField({ description: 'Only those that changed this object.', optional: true })
  objectId?: string;

  @TextField({ description: 'Only those of this ticket.', max: 128, optional: true })
  ticket?: string;
}
