import { ApiProperty } from '@nestjs/swagger';

/** What every page has beside its items; the view of a list's page extends it with them. */
export abstract class PageView {
  @ApiProperty({ type: 'string', nullable: true, description: 'Null on the last page.' })
  nextCursor: string | null;

  @ApiProperty({ type: 'integer', required: false, description: 'Only when asked for with `total=true`.' })
  total?: number;
}
