/**
 * Puts all HTTP manners on an application, in the order in which a request meets them: context, log, headers, URL,
 * documents; then, per route, credential, body, validation; and the problem filter behind all of it.
 * Production and tests call this one function, so that no test passes on manners that production lacks.
 */
import type { NestApplicationOptions } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Logger } from '../../platform/logger.js';
import { AnswerTextInterceptor } from './answer-text.interceptor.js';
import { BearerGuard } from './bearer.guard.js';
import { checkUrl } from './check-url.js';
import { CredentialLookup } from './credential-lookup.js';
import { DeclaredQueryInterceptor } from './declared-query.interceptor.js';
import { buildOpenApiDocument, serveOpenApi } from './openapi.js';
import { PageLinkInterceptor } from './page-link.interceptor.js';
import { ProblemFilter } from './problem.filter.js';
import { openRequestContext } from './request-context.middleware.js';
import { requestLog } from './request-log.js';
import { neverStored, securityHeaders } from './response-headers.js';
import { limitServer } from './server-limits.js';
import { StrictJsonBodyInterceptor } from './strict-json-body.js';
import { RequestValidationPipe } from './validation.pipe.js';

/** How the application must be made for `configureHttp`: bodies are read by our own parser. */
export const HTTP_APPLICATION_OPTIONS: NestApplicationOptions = {
  bodyParser: false,
  abortOnError: false,
  logger: ['error', 'warn'],
};

/** To be called once, before `init` or `listen`; a module of the application must provide `CredentialLookup`. */
export function configureHttp(application: NestExpressApplication, logger: Logger): OpenAPIObject {
  configureExpress(application);
  limitServer(application.getHttpServer());
  application.use(openRequestContext, requestLog(logger), securityHeaders(), neverStored, checkUrl);
  const document = buildOpenApiDocument(application);
  serveOpenApi(application, document);
  application.useGlobalFilters(new ProblemFilter(logger));
  application.useGlobalGuards(bearerGuard(application));
  application.useGlobalInterceptors(
    new DeclaredQueryInterceptor(application.get(Reflector)),
    new StrictJsonBodyInterceptor(application.get(Reflector)),
    new AnswerTextInterceptor(application.get(Reflector)),
    new PageLinkInterceptor(),
  );
  application.useGlobalPipes(new RequestValidationPipe());
  return document;
}

/** Express compares entity tags, and ours are the only ones; and a query is flat: `a[b]=c` is a parameter of that odd name, never an object. */
function configureExpress(application: NestExpressApplication): void {
  application.disable('x-powered-by');
  application.disable('etag');
  application.set('query parser', 'simple');
}

function bearerGuard(application: NestExpressApplication): BearerGuard {
  return new BearerGuard(application.get(Reflector), application.get(CredentialLookup, { strict: false }));
}
