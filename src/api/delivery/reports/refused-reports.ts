/** Says once what is wrong with a node's reports, and again when something else is, or when it was right in between. */
import { Inject, Injectable } from '@nestjs/common';
import { ApiLogger } from '../../http/api-logger.js';

@Injectable()
export class RefusedReports {
  private readonly problems = new Map<string, string>();

  constructor(@Inject(ApiLogger) private readonly logger: ApiLogger) {}

  refused(nodeId: string, problem: string): void {
    if (this.problems.get(nodeId) === problem) return;
    this.problems.set(nodeId, problem);
    this.logger.log.warn({ nodeId, problem }, 'a node sends reports that are refused');
  }

  taken(nodeId: string): void {
    this.problems.delete(nodeId);
  }
}
