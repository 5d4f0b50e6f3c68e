/**
 * The last door: every error of every request leaves through here as application/problem+json.
 * A failure is told as it is; everything else is a fault of ours, logged whole and told as 500 without a word of it.
 */
import { Catch, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { failure, type Failure, type FailureKind } from '../../domain/failure.js';
import type { Logger } from '../../platform/logger.js';
import { allowedMethods } from './allowed-methods.js';
import { failureOf } from './failure-of.js';
import { internalProblem, problemOf, PROBLEM_MEDIA_TYPE, type Problem } from './problem.js';
import { RequestAborted } from './read-body.js';

/** Seconds; also what a client in a hurry should wait. */
const RETRY_AFTER = '1';

const HEADERS: Readonly<Partial<Record<FailureKind, readonly [name: string, value: string]>>> = {
  unauthorized: ['WWW-Authenticate', 'Bearer realm="homeward"'],
  unavailable: ['Retry-After', RETRY_AFTER],
  'under-way': ['Retry-After', RETRY_AFTER],
  'too-many-requests': ['Retry-After', RETRY_AFTER],
};

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    if (error instanceof RequestAborted || response.headersSent) {
      response.destroy();
      return;
    }
    const known = wrongMethod(error, request, response) ?? failureOf(error);
    if (known === null || known.kind === 'unavailable') this.log(error, known, request);
    send(request, response, known);
  }

  private log(error: unknown, known: Failure | null, request: Request): void {
    const facts = { err: error, requestId: String(request.id), method: request.method, path: request.path };
    if (known === null) this.logger.error(facts, 'a request failed for a reason of ours');
    else this.logger.warn(facts, 'a request could not be served');
  }
}

function send(request: Request, response: Response, known: Failure | null): void {
  const header = known === null ? undefined : HEADERS[known.kind];
  if (header !== undefined) response.setHeader(...header);
  const problem = bodyOf(request, known);
  response.removeHeader('ETag');
  response.status(problem.status).type(PROBLEM_MEDIA_TYPE).end(JSON.stringify(problem));
}

function bodyOf(request: Request, known: Failure | null): Problem {
  const [instance = '/'] = request.originalUrl.split('?', 1);
  const requestId = String(request.id);
  return known === null ? internalProblem(instance, requestId) : problemOf(known, instance, requestId);
}

/** Nest knows no 405: where no route was taken, but the path has routes for other methods, it is one. */
function wrongMethod(error: unknown, request: Request, response: Response): Failure | null {
  if (!(error instanceof NotFoundException) || request.route !== undefined) return null;
  const methods = allowedMethods(request.app, request.path);
  if (methods.length === 0) return null;
  const allow = methods.join(', ');
  response.setHeader('Allow', allow);
  return failure(
    'method-not-allowed',
    'method-not-allowed',
    `This path does not take ${request.method}.`,
    `It takes ${allow}.`,
  );
}
