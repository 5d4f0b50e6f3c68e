import { Body, Controller, HttpCode, Inject, Put } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { reportDecoder } from '../../../contract/decode-report.js';
import { REPORT_PATH, type ReportAnswer } from '../../../contract/report.js';
import type { Failed } from '../../../domain/failure.js';
import { ForNodes } from '../../http/access.js';
import { invalidRequest, violation } from '../../http/invalid-request.js';
import { currentNode } from '../../http/request-context.js';
import { BodyLimit } from '../../http/strict-json-body.js';
import { RefusedReports } from './refused-reports.js';
import { ReportQueue } from './report-queue.js';

/** A host with 10,000 VIPs reports about 2 MB. */
const MAX_REPORT_BYTES = 32 * 1_048_576;

/** Where nodes say what is in force and what they saw. */
@Controller()
@ApiExcludeController()
export class ReportController {
  constructor(
    @Inject(ReportQueue) private readonly queue: ReportQueue,
    @Inject(RefusedReports) private readonly refusals: RefusedReports,
  ) {}

  @Put(REPORT_PATH)
  @BodyLimit(MAX_REPORT_BYTES)
  @ForNodes()
  @HttpCode(200)
  async put(@Body() body: object): Promise<ReportAnswer> {
    const node = currentNode();
    const report = reportDecoder(node.role)(body);
    if (!report.ok) {
      this.refusals.refused(node.id, report.problem);
      throw refused(report.problem);
    }
    this.refusals.taken(node.id);
    return this.queue.take({ node, report: report.value });
  }
}

function refused(problem: string): Failed {
  return invalidRequest(
    violation(
      'request-malformed',
      '',
      `The report is not what the contract says: ${problem}.`,
      'Upgrade the node or the API.',
    ),
  );
}
