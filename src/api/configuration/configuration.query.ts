import { ApprovalQuery } from '../http/approval.query.js';
import { IntegerParameter } from '../http/fields/integer-field.js';
import { LeavesTagsOut } from '../http/tagged-query.js';

/** Which configuration is asked for. */
@LeavesTagsOut()
export class ExportQuery {
  @IntegerParameter({
    description: 'As it was at this revision; 0: before the first. Left out: as it is.',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    optional: true,
  })
  revision?: number;
}

/** How much of what there is a configuration may take away. */
@LeavesTagsOut()
export class ApplyQuery extends ApprovalQuery {}
