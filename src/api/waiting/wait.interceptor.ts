/**
 * Lets a write be answered when all nodes have it in force (`Prefer: wait`), and so the question how far one is. It belongs
 * outside of whatever makes the write one transaction: nothing is waited for before it is committed, and nothing that goes
 * wrong here may fail the write.
 */
import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { from, mergeMap, type Observable } from 'rxjs';
import { ApiLogger } from '../http/api-logger.js';
import { isDryRun } from '../http/dry-run.js';
import type { RevisionProgressView } from '../progress/progress.view.js';
import { InForceWaits } from './in-force-waits.js';
import { preferredWait } from './preferred-wait.js';
import { RevisionWaits } from './revision-waits.js';
import { ShownNow, type Places } from './shown-now.js';
import { isOfRevision, WAITABLE_KEY, type Shown } from './waitable.js';

@Injectable()
export class WaitInterceptor implements NestInterceptor {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(InForceWaits) private readonly waits: InForceWaits,
    @Inject(RevisionWaits) private readonly revisions: RevisionWaits,
    @Inject(ShownNow) private readonly shownNow: ShownNow,
    @Inject(ApiLogger) private readonly logger: ApiLogger,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const shown = this.reflector.get<Shown | undefined>(WAITABLE_KEY, context.getHandler());
    if (shown === 'nothing') response.status(204);
    const mayWait = shown !== undefined && !isDryRun(request);
    const seconds = mayWait ? preferredWait(request.get('Prefer')) : null;
    if (shown === undefined || seconds === null) return next.handle();
    const asked = { request, response, shown, seconds };
    const answer = (body: unknown) =>
      isOfRevision(shown) ? this.answerRevision(asked, body) : this.answerService(asked, body);
    return next.handle().pipe(mergeMap((body) => from(answer(body))));
  }

  private async answerService(asked: Asked, body: unknown): Promise<unknown> {
    const { response, shown, seconds } = asked;
    const places = placesOf(asked, body);
    const missing = await this.waits.until([places.serviceId], seconds * 1_000, goneSignal(response));
    if (missing === null || response.destroyed) return body;
    applied(asked);
    if (shown !== 'nothing') return { ...(await this.shownNow.read(shown, places, objectOf(body))), missing };
    if (missing.length === 0) return undefined;
    response.status(202);
    return { missing };
  }

  private async answerRevision(asked: Asked, body: unknown): Promise<unknown> {
    const { response, shown, seconds } = asked;
    const { revision } = objectOf(body) as { readonly revision: number | null };
    // Nothing had to be changed, so that there is no revision to wait for.
    if (revision === null) return body;
    const progress = await this.progressAfter(revision, seconds, goneSignal(response));
    if (progress === null || response.destroyed) return body;
    applied(asked);
    if (shown === 'progress') return progress;
    return { ...(await this.shownNow.read(shown, NOWHERE, objectOf(body))), progress };
  }

  private async progressAfter(
    revision: number,
    seconds: number,
    gone: AbortSignal,
  ): Promise<RevisionProgressView | null> {
    try {
      return await this.revisions.until(revision, seconds * 1_000, gone);
    } catch (error) {
      this.logger.log.warn({ err: error }, 'could not see how far a revision is in force');
      return null;
    }
  }
}

interface Asked {
  readonly request: Request;
  readonly response: Response;
  readonly shown: Shown;
  readonly seconds: number;
}

const NOWHERE: Places = { serviceId: '', serverId: '' };

function applied({ response, seconds }: Asked): void {
  response.setHeader('Preference-Applied', `wait=${seconds}`);
}

/** What was made has its id in the answer alone. */
function placesOf({ request: { params }, shown }: Asked, body: unknown): Places {
  const { id, realServerId } = params as Readonly<Record<string, string | undefined>>;
  const answered = shown === 'nothing' ? '' : idOf(body);
  return {
    serviceId: (id ?? answered).toLowerCase(),
    serverId: (realServerId ?? answered).toLowerCase(),
  };
}

function idOf(body: unknown): string {
  const { id } = objectOf(body) as { readonly id?: unknown };
  return typeof id === 'string' ? id : '';
}

/** The answer to a write that has an `Idempotency-Key` is text already. */
function objectOf(body: unknown): object {
  return typeof body === 'string' ? (JSON.parse(body) as object) : (body as object);
}

/** Aborted when the connection closes before the answer was sent. */
function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  if (response.destroyed) gone.abort();
  return gone.signal;
}
