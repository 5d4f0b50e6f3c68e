/** What the API says of a request that it does not fulfil (RFC 9457), and how that is told to people. Pure. */
import { EXIT } from './exit-codes.js';

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId?: string;
  readonly errors?: readonly ProblemEntry[];
  readonly plan?: { readonly approve: string };
}

interface ProblemEntry {
  readonly field: string | null;
  readonly message: string;
  readonly hint: string | null;
}

const NOT_FOUND = 404;
const FIRST_SERVER_ERROR = 500;

/** The API answered, and the answer is no. */
export class Refused extends Error {
  readonly exitCode: number;

  constructor(readonly problem: Problem) {
    super(textOf(problem));
    this.exitCode = exitCodeOf(problem);
  }

  /** @param text the body of the answer; what is no problem document, a proxy may have sent. */
  static from(status: number, text: string): Refused {
    return new Refused(problemIn(text) ?? { status, code: `http-${status}`, detail: text.slice(0, 500) });
  }
}

function problemIn(text: string): Problem | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'code' in body && 'status' in body
      ? (body as Problem)
      : undefined;
  } catch {
    return undefined;
  }
}

function exitCodeOf({ status, code }: Problem): number {
  if (code === 'approval-required') return EXIT.needsApproval;
  if (status === NOT_FOUND) return EXIT.notFound;
  return status >= FIRST_SERVER_ERROR ? EXIT.failed : EXIT.refused;
}

function textOf({ status, code, detail, errors = [], requestId, plan }: Problem): string {
  const entries = errors.length === 0 ? [`  ${detail}`] : errors.flatMap(entryLines);
  return [
    `${status} ${code}`,
    ...entries,
    ...(plan === undefined ? [] : [`  Where it is meant: --approve ${plan.approve}`]),
    ...(requestId === undefined ? [] : [`  request id ${requestId}`]),
  ].join('\n');
}

function entryLines({ field, message, hint }: ProblemEntry): string[] {
  const where = field === null || field === '' ? '' : `${field}: `;
  return [`  ${where}${message}`, ...(hint === null ? [] : [`    ${hint}`])];
}
