import { ApprovalQuery } from '../http/approval.query.js';
import { BooleanParameter } from '../http/fields/boolean-field.js';

/** What becomes of real servers that the list does not name. */
export class ReplaceRealServersQuery extends ApprovalQuery {
  @BooleanParameter({
    description: 'True: real servers that the list does not name stay as they are.',
    optional: true,
    default: false,
  })
  additiveOnly?: boolean;
}
