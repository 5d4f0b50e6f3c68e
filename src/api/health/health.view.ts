import { ApiProperty } from '@nestjs/swagger';

/** The answer of a probe that is well. */
export class HealthView {
  @ApiProperty({ enum: ['ok'] })
  status: 'ok';
}
