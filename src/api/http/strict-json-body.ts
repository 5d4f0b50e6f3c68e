/**
 * The body parser of this API: JSON objects in UTF-8, at most 1 MiB, and nothing that two readers could read
 * differently. It runs as an interceptor, so that a body is read only after its route was found and its sender is known.
 */
import {
  Inject,
  Injectable,
  SetMetadata,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { from, switchMap, type Observable } from 'rxjs';
import { Failed, failure, rulesBroken } from '../../domain/failure.js';
import { invalidRequest, violation } from './invalid-request.js';
import { findJsonTroubles } from './json-trouble.js';
import { readBody } from './read-body.js';

const LIMIT_BYTES = 1_048_576;
const LIMIT_KEY = 'homeward:body-limit';

/** A body has no meaning in these (RFC 9110, 9.3), and is left unread. */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);
const CONTENT_TYPE = /^application\/(json|merge-patch\+json)[\t ]*(?:;[\t ]*charset="?utf-8"?[\t ]*)?$/i;

/** Allows larger bodies on one route. */
export const BodyLimit = (bytes: number) => SetMetadata(LIMIT_KEY, bytes);

@Injectable()
export class StrictJsonBodyInterceptor implements NestInterceptor {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    if (BODILESS.has(request.method)) return next.handle();
    const limit = this.reflector.get<number | undefined>(LIMIT_KEY, context.getHandler()) ?? LIMIT_BYTES;
    return from(readJsonBody(request, limit)).pipe(
      switchMap((body) => {
        request.body = body;
        return next.handle();
      }),
    );
  }
}

/** The object that was sent; undefined where there was no body. */
async function readJsonBody(request: Request, limit: number): Promise<object | undefined> {
  if (!announcesBody(request)) return undefined;
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  const bytes = await readBody(request, limit);
  if (bytes.length === 0) return undefined;
  requireMediaType(request.method, type, encoding);
  return parseStrictJson(bytes);
}

function announcesBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function requireMediaType(method: string, contentType: string, encoding: string): void {
  const subtype = CONTENT_TYPE.exec(contentType.trim())?.[1]?.toLowerCase();
  const readable = subtype === 'json' || (subtype === 'merge-patch+json' && method === 'PATCH');
  if (readable && encoding.toLowerCase() === 'identity') return;
  throw new Failed(
    failure(
      'unsupported-media-type',
      'unsupported-media-type',
      'The body is of a media type, charset or encoding that is not read here.',
      'Send application/json in UTF-8 without Content-Encoding; PATCH takes application/merge-patch+json too.',
    ),
  );
}

/** Reads one JSON object from UTF-8 bytes, or throws 400 with all that is wrong with it. */
function parseStrictJson(bytes: Buffer): object {
  const text = decodeUtf8(bytes);
  const value = parseJson(text);
  const [first, ...others] = findJsonTroubles(text);
  if (first !== undefined) throw new Failed(rulesBroken([first, ...others]));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw invalidRequest(
    violation('body-not-object', '', 'The body is no JSON object.', 'Send an object: {…}.'),
  );
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalidRequest(
      violation('body-not-utf-8', '', 'The body is not valid UTF-8.', 'Send it as UTF-8.'),
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidRequest(
      violation('json-malformed', '', 'The body is not valid JSON.', 'Correct its syntax.'),
    );
  }
}
