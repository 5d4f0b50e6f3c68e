/**
 * The body parser of this API: JSON objects in UTF-8, at most 1 MiB, and nothing that two readers could read
 * differently; YAML where a route takes it, read by the same rules. It runs as an interceptor, so that a body is read only after its route was found and its sender is known.
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
import { yamlAsJson } from './yaml-as-json.js';

const LIMIT_BYTES = 1_048_576;
const LIMIT_KEY = 'homeward:body-limit';
const YAML_KEY = 'homeward:body-may-be-yaml';

/** A body has no meaning in these (RFC 9110, 9.3), and is left unread. */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);
const CONTENT_TYPE = /^application\/(json|merge-patch\+json|yaml)[\t ]*(?:;[\t ]*charset="?utf-8"?[\t ]*)?$/i;

/** Allows larger bodies on one route. */
export const BodyLimit = (bytes: number) => SetMetadata(LIMIT_KEY, bytes);

/** The route takes `application/yaml` (RFC 9512) too, of this size: to read it takes ten times as long as JSON. */
export const BodyMayBeYaml = (bytes: number) => SetMetadata(YAML_KEY, bytes);

/** What a route takes, in bytes. */
interface Taken {
  readonly json: number;
  readonly yaml: number;
}

@Injectable()
export class StrictJsonBodyInterceptor implements NestInterceptor {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    if (BODILESS.has(request.method)) return next.handle();
    const handler = context.getHandler();
    const json = this.reflector.get<number | undefined>(LIMIT_KEY, handler) ?? LIMIT_BYTES;
    const yaml = this.reflector.get<number | undefined>(YAML_KEY, handler) ?? 0;
    return from(readObject(request, { json, yaml })).pipe(
      switchMap((body) => {
        request.body = body;
        return next.handle();
      }),
    );
  }
}

/** The object that was sent; undefined where there was no body. */
async function readObject(request: Request, taken: Taken): Promise<object | undefined> {
  if (!announcesBody(request)) return undefined;
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  const subtype = readableSubtype(request.method, type, encoding, taken);
  const limit = subtype === 'yaml' ? taken.yaml : taken.json;
  const bytes = await readBody(request, limit);
  if (bytes.length === 0) return undefined;
  if (subtype === null) throw unsupported();
  const text = decodeUtf8(bytes);
  return parseStrictJson(subtype === 'yaml' ? await yamlAsJson(text, taken.json) : text);
}

function announcesBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Null: it is not read here. */
function readableSubtype(
  method: string,
  contentType: string,
  encoding: string,
  { yaml }: Taken,
): string | null {
  const subtype = CONTENT_TYPE.exec(contentType.trim())?.[1]?.toLowerCase() ?? '';
  const readable = [
    'json',
    ...(method === 'PATCH' ? ['merge-patch+json'] : []),
    ...(yaml > 0 ? ['yaml'] : []),
  ];
  return readable.includes(subtype) && encoding.toLowerCase() === 'identity' ? subtype : null;
}

function unsupported(): Failed {
  return new Failed(
    failure(
      'unsupported-media-type',
      'unsupported-media-type',
      'The body is of a media type, charset or encoding that is not read here.',
      'Send application/json in UTF-8 without Content-Encoding; PATCH takes application/merge-patch+json too, the configuration application/yaml.',
    ),
  );
}

/** Reads one JSON object, or throws 400 with all that is wrong with it. */
async function parseStrictJson(text: string): Promise<object> {
  const value = parseJson(text);
  const [first, ...others] = await findJsonTroubles(text);
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
