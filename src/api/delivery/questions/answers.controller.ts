import { Body, Controller, HttpCode, Inject, Put } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { ANSWERS_PATH } from '../../../contract/questions.js';
import { Failed, failure } from '../../../domain/failure.js';
import { ForNodes } from '../../http/access.js';
import { currentNode } from '../../http/request-context.js';
import { UuidParam } from '../../http/uuid-param.js';
import { ANSWERS_CHANNEL } from '../../store/channels.js';

/** Only whom it was asked may answer a question, and once. The answer is read by who waits for it, maybe elsewhere. */
const ANSWER = `
  WITH answered AS (
    UPDATE question SET answer = $3 WHERE id = $1 AND node_id = $2 AND answer IS NULL RETURNING id)
  SELECT pg_notify($4, id::text) FROM answered`;

/** Where nodes answer questions. */
@Controller(ANSWERS_PATH)
@ApiExcludeController()
export class AnswersController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @Put(':id')
  @ForNodes()
  @HttpCode(204)
  async put(@UuidParam('id') id: string, @Body() body: object): Promise<void> {
    const node = currentNode();
    const answered: unknown[] = await this.dataSource.query(ANSWER, [
      id,
      node.id,
      JSON.stringify(body),
      ANSWERS_CHANNEL,
    ]);
    if (answered.length === 0) throw nobodyWaits();
  }
}

function nobodyWaits(): Failed {
  return new Failed(
    failure('not-found', 'not-found', 'Nobody waits for this answer.', 'It came too late, or twice.'),
  );
}
