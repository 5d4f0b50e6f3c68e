import { OmitType } from '@nestjs/swagger';
import { IntegerParameter } from '../http/fields/integer-field.js';
import { MAX_PAGE_LIMIT, PageQuery } from '../http/page.js';

/** Which of a revision's changes are asked for; nearly all revisions have fewer than a page. */
export class ChangesQuery extends OmitType(PageQuery, ['total', 'limit']) {
  @IntegerParameter({
    description: 'The largest number of changes to answer with.',
    min: 1,
    max: MAX_PAGE_LIMIT,
    optional: true,
    default: MAX_PAGE_LIMIT,
  })
  limit?: number;
}
