/** Sends one report of a node and reads the answer. */
import { decodeReportAnswer } from '../contract/decode-answers.js';
import { REPORT_PATH, type Report, type ReportAnswer } from '../contract/report.js';
import { decodeText } from '../contract/strict-decoder.js';
import { ask, textOf } from './ask.js';
import { RequestRefused } from './request-refused.js';

const ANSWER_TIMEOUT_MS = 15_000;

export interface ReportRequest {
  readonly apiUrl: string;
  readonly credential: string;
  readonly signal: AbortSignal;
}

export async function sendReport(report: Report, request: ReportRequest): Promise<ReportAnswer> {
  const answer = await ask(`${request.apiUrl}${REPORT_PATH}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${request.credential}` },
    body: JSON.stringify(report),
    signal: AbortSignal.any([request.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
  });
  if (!answer.ok) throw await RequestRefused.from(answer);
  const decoded = decodeText(decodeReportAnswer, await textOf(answer));
  if (!decoded.ok) throw new Error(`the answer to a report is not understood: ${decoded.problem}`);
  return decoded.value;
}
