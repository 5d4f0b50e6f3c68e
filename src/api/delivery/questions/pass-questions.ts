/**
 * Passes questions on to the nodes whose streams hang at this process, whichever process was asked. A notification
 * carries no more than who is asked and by which id; a question that nobody passes on is simply not answered.
 */
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { QUESTION_EVENT } from '../../../contract/questions.js';
import { ApiLogger } from '../../http/api-logger.js';
import { ChangeListener } from '../change-listener.js';
import { DocumentFeed } from '../document-feed.js';

@Injectable()
export class PassQuestions implements OnApplicationBootstrap {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ChangeListener) private readonly changes: ChangeListener,
    @Inject(DocumentFeed) private readonly feed: DocumentFeed,
    @Inject(ApiLogger) private readonly logger: ApiLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.changes.onQuestions((nodeId, id) => {
      this.pass(nodeId, id).catch((error: unknown) =>
        this.logger.log.warn({ err: error }, 'a question could not be passed on'),
      );
    });
  }

  private async pass(nodeId: string, id: string): Promise<void> {
    const stream = this.feed.streamOf(nodeId);
    if (stream === undefined) return;
    const rows: { message: string }[] = await this.dataSource.query(
      'SELECT message FROM question WHERE id = $1 AND node_id = $2',
      [id, nodeId],
    );
    for (const { message } of rows) stream.say(`event: ${QUESTION_EVENT}\ndata: ${message}\n\n`);
  }
}
