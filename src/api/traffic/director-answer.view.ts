import { ApiProperty } from '@nestjs/swagger';
import type { DirectorSaid } from '../delivery/questions/ask-directors.js';
import { DIRECTOR_TROUBLES, type DirectorTrouble } from '../delivery/questions/director-trouble.js';

export class DirectorTroubleView implements DirectorTrouble {
  @ApiProperty({ enum: DIRECTOR_TROUBLES, enumName: 'DirectorTrouble', example: 'director-did-not-answer' })
  code: DirectorTrouble['code'];

  @ApiProperty({ example: 'Director lb-2 did not answer in time.' })
  message: string;
}

/** What every director's part of an answer begins with. */
export class DirectorAnswerView {
  @ApiProperty({ format: 'uuid', description: 'Of the director.' })
  id: string;

  @ApiProperty({ description: 'Of the director.', example: 'lb-1' })
  name: string;

  @ApiProperty({
    type: () => DirectorTroubleView,
    nullable: true,
    description: 'Why nothing is known from this director; null where it has answered.',
  })
  trouble: DirectorTroubleView | null;

  static headOf({ id, name, trouble }: DirectorSaid<unknown>): DirectorAnswerView {
    return { id, name, trouble };
  }
}
