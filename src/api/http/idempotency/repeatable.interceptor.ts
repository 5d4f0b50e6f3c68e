/**
 * Lets a write be repeated: with an `Idempotency-Key` all of it is one transaction, from the look for an earlier answer to
 * the keeping of this one, so that a crash leaves either both the change and its answer, or neither. What fails changes
 * nothing and is not kept: repeated, it is tried again. Without a key it does nothing.
 */
import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { currentPlan } from '../../changes/plan-in-progress.js';
import { joinTransaction } from '../../store/joined-transaction.js';
import { Transactions } from '../../store/transactions.js';
import { answerText } from '../answer-text.js';
import { claimKey, keepAnswer, underWay } from './kept-answers.js';
import { isMadeTogether } from './made-together.js';
import { keyedRequest, type KeyedRequest } from './keyed-request.js';
import type { Answer } from './sealed-answer.js';

/** Of the headers of an answer, those that are of what it tells. */
const KEPT_HEADERS = ['Content-Type', 'ETag', 'Link', 'Location'] as const;
const REPLAYED = 'Idempotency-Replayed';

@Injectable()
export class RepeatableInterceptor implements NestInterceptor {
  private readonly underWay = new Set<string>();

  constructor(@Inject(Transactions) private readonly transactions: Transactions) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    if (currentPlan() !== undefined) return next.handle();
    const asked = keyedRequest(http.getRequest<Request>());
    if (asked === null) return next.handle();
    const run: Transactions['run'] = isMadeTogether(context.getHandler())
      ? (work) => this.transactions.runTogether(work)
      : (work) => this.transactions.run(work);
    return from(this.first(asked, () => once(run, asked, http.getResponse<Response>(), next)));
  }

  /** In this process nobody waits behind one of the same key, nor shares a transaction with it and so its lock. */
  private async first<T>({ tokenId, key }: KeyedRequest, work: () => Promise<T>): Promise<T> {
    const caller = `${tokenId} ${key}`;
    if (this.underWay.has(caller)) throw underWay();
    this.underWay.add(caller);
    try {
      return await work();
    } finally {
      this.underWay.delete(caller);
    }
  }
}

async function once(
  run: Transactions['run'],
  asked: KeyedRequest,
  response: Response,
  next: CallHandler,
): Promise<string | undefined> {
  const { replayed, answer } = await run(async (manager) => {
    const kept = await claimKey(manager, asked);
    if (kept !== null) return { replayed: true, answer: kept };
    const body: unknown = await joinTransaction(manager, () =>
      lastValueFrom(next.handle(), { defaultValue: undefined }),
    );
    const made = answerOf(response, body);
    await keepAnswer(manager, asked, made);
    return { replayed: false, answer: made };
  }).catch((error: unknown) => {
    forget(response);
    throw error;
  });
  response.set(answer.headers).setHeader(REPLAYED, String(replayed));
  return answer.text ?? undefined;
}

/** What was told by a try that is rolled back. */
function forget(response: Response): void {
  for (const name of KEPT_HEADERS) response.removeHeader(name);
}

function answerOf(response: Response, body: unknown): Answer {
  const isJson = typeof body === 'object' && body !== null;
  const text = isJson ? answerText(response, body, false) : null;
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = response.getHeader(name);
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return { headers: Object.fromEntries(headers), text };
}
