/**
 * One line for every answered request. Paths only: a query may hold what somebody searched for, and headers hold
 * credentials.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pinoHttp, type HttpLogger } from 'pino-http';
import type { Logger } from '../../platform/logger.js';
import { joinedTransaction } from '../store/joined-transaction.js';

const NODE_ROUTES = '/node/';

export function requestLog(logger: Logger): HttpLogger {
  return pinoHttp({
    logger,
    quietReqLogger: true,
    // A request within a request is a write that is planned with others: nothing that it would do is done.
    autoLogging: { ignore: () => joinedTransaction() !== undefined },
    customAttributeKeys: { reqId: 'requestId' },
    serializers: { req: () => undefined, res: () => undefined, err: () => undefined },
    customLogLevel: levelOf,
    customSuccessMessage: messageOf,
    customErrorMessage: messageOf,
  });
}

/**
 * What could not be served is logged with its reason by the problem filter; this line only completes the record.
 * Info is for what changes something: neither reads, nor nodes, which say every few seconds that all is as it was.
 */
function levelOf(request: IncomingMessage, response: ServerResponse): 'info' | 'debug' | 'warn' {
  if (response.statusCode >= 500) return 'warn';
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isRead || pathOf(request).startsWith(NODE_ROUTES) ? 'debug' : 'info';
}

function messageOf(request: IncomingMessage, response: ServerResponse): string {
  return `${request.method ?? ''} ${pathOf(request)} ${response.statusCode}`;
}

function pathOf(request: IncomingMessage): string {
  const { originalUrl = '/' } = request as IncomingMessage & { readonly originalUrl?: string };
  const [path = '/'] = originalUrl.split('?', 1);
  return path;
}
