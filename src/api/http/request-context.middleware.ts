/**
 * Opens the context of a request: its id, which the answer and every log line carry, and the change ticket.
 * What callers send for them is printed in logs and audits, so both are checked before they are taken.
 */
import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { invalidRequest, violation } from './invalid-request.js';
import { runInRequest } from './request-context.js';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
/** Printable ASCII, at most 128 characters. */
const TICKET = /^[\x20-\x7e]{1,128}$/;

export function openRequestContext(request: Request, response: Response, next: NextFunction): void {
  const wanted = request.get('X-Request-Id') ?? '';
  const requestId = REQUEST_ID.test(wanted) ? wanted : randomUUID();
  request.id = requestId;
  response.setHeader('X-Request-Id', requestId);
  const ticket = request.get('X-Change-Ticket') ?? null;
  const refusal = ticket === null || TICKET.test(ticket) ? undefined : ticketRefused();
  runInRequest({ requestId, ticket, actor: null, node: null, revision: null }, () => next(refusal));
}

function ticketRefused(): Error {
  return invalidRequest(
    violation(
      'header-invalid',
      'X-Change-Ticket',
      'X-Change-Ticket must be 1 to 128 printable ASCII characters.',
      'Send the number of the ticket alone, such as CHG-1234.',
    ),
  );
}
