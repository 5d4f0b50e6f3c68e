import { ApiProperty } from '@nestjs/swagger';
import { PageView } from '../http/page.view.js';
import { RevisionChangeView } from './revision.view.js';

/** What is otherwise at one revision than at another. */
export class DifferenceView extends PageView {
  @ApiProperty({ type: 'integer', example: 40 })
  from: number;

  @ApiProperty({ type: 'integer', example: 42 })
  to: number;

  @ApiProperty({
    type: () => [RevisionChangeView],
    description:
      '`before` is at `from`, `after` at `to`. What was made and deleted between them is not in it.',
  })
  items: RevisionChangeView[];
}
