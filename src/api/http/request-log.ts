/**
 * One line for every answered request. Paths only: a query may hold what somebody searched for, and headers hold
 * credentials.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pinoHttp, type HttpLogger } from 'pino-http';
import type { Logger } from '../../platform/logger.js';

export function requestLog(logger: Logger): HttpLogger {
  return pinoHttp({
    logger,
    quietReqLogger: true,
    customAttributeKeys: { reqId: 'requestId' },
    serializers: { req: () => undefined, res: () => undefined, err: () => undefined },
    customLogLevel: levelOf,
    customSuccessMessage: messageOf,
    customErrorMessage: messageOf,
  });
}

/** What could not be served is logged with its reason by the problem filter; this line only completes the record. */
function levelOf(request: IncomingMessage, response: ServerResponse): 'info' | 'debug' | 'warn' {
  if (response.statusCode >= 500) return 'warn';
  return request.method === 'GET' || request.method === 'HEAD' ? 'debug' : 'info';
}

function messageOf(request: IncomingMessage, response: ServerResponse): string {
  const { originalUrl = '/' } = request as IncomingMessage & { readonly originalUrl?: string };
  const [path = '/'] = originalUrl.split('?', 1);
  return `${request.method ?? ''} ${path} ${response.statusCode}`;
}
