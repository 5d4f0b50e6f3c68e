import { OmitType } from '@nestjs/swagger';
import { IntegerParameter } from '../http/fields/integer-field.js';
import { PageQuery } from '../http/page.js';

export class DifferenceQuery extends OmitType(PageQuery, ['total']) {
  @IntegerParameter({
    description:
      'The other revision, newer or older; 0: before the first. Left out: the newest, and of a page that follows that of the first page.',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    optional: true,
  })
  to?: number;
}
