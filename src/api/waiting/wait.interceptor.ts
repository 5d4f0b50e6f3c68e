/**
 * Lets a write be answered when all nodes have it in force (`Prefer: wait`). It belongs outside of whatever makes the write
 * one transaction: nothing is waited for before it is committed, and nothing that goes wrong here may fail the write.
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
import { ReadRealServers } from '../real-servers/read-real-servers.js';
import { ReadVirtualServices } from '../virtual-services/read-virtual-services.js';
import { VirtualServiceView } from '../virtual-services/virtual-service.view.js';
import { InForceWaits } from './in-force-waits.js';
import { preferredWait } from './preferred-wait.js';
import { WAITABLE_KEY, type Shown } from './waitable.js';

@Injectable()
export class WaitInterceptor implements NestInterceptor {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(InForceWaits) private readonly waits: InForceWaits,
    @Inject(ReadVirtualServices) private readonly services: ReadVirtualServices,
    @Inject(ReadRealServers) private readonly servers: ReadRealServers,
    @Inject(ApiLogger) private readonly logger: ApiLogger,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const shown = this.reflector.get<Shown | undefined>(WAITABLE_KEY, context.getHandler());
    if (shown === 'nothing') response.status(204);
    const isWrite = shown !== undefined && !isDryRun(request);
    const seconds = isWrite ? preferredWait(request.get('Prefer')) : null;
    if (shown === undefined || seconds === null) return next.handle();
    return next
      .handle()
      .pipe(mergeMap((body) => from(this.answer({ request, response, shown, seconds }, body))));
  }

  private async answer(asked: Asked, body: unknown): Promise<unknown> {
    const { response, seconds } = asked;
    const places = placesOf(asked, body);
    const missing = await this.waits.until([places.serviceId], seconds * 1_000, goneSignal(response));
    if (missing === null || response.destroyed) return body;
    response.setHeader('Preference-Applied', `wait=${seconds}`);
    if (asked.shown !== 'nothing') return { ...(await this.now(asked.shown, places, body)), missing };
    if (missing.length === 0) return undefined;
    response.status(202);
    return { missing };
  }

  /** What is shown, as it is by now; as it was, where that cannot be told, for somebody has deleted it meanwhile. */
  private async now(shown: Shown, { serviceId, serverId }: Places, body: unknown): Promise<object> {
    try {
      if (shown === 'real-server') return await this.servers.one(serviceId, serverId);
      if (shown === 'real-servers') return await this.servers.all(serviceId);
      return VirtualServiceView.of(await this.services.one(serviceId));
    } catch (error) {
      this.logger.log.info({ err: error }, 'what was written could not be read after the wait');
      return objectOf(body);
    }
  }
}

interface Asked {
  readonly request: Request;
  readonly response: Response;
  readonly shown: Shown;
  readonly seconds: number;
}

interface Places {
  readonly serviceId: string;
  readonly serverId: string;
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
