/** What goes with any write. */
import type { Question } from './api-client.js';
import { UsageError } from './usage-error.js';

export interface Terms {
  readonly approve?: string;
  readonly ticket?: string;
}

/** As the API takes it, and a header can hold it. */
const TICKET = /^[\x20-\x7e]{1,128}$/;

export function withTerms(question: Question, { approve, ticket }: Terms): Question {
  if (ticket !== undefined && !TICKET.test(ticket))
    throw new UsageError('--ticket takes 1 to 128 printable ASCII characters');
  const approved = approve === undefined ? [] : [['approve', approve] as const];
  return {
    ...question,
    query: [...(question.query ?? []), ...approved],
    headers: { ...question.headers, ...(ticket !== undefined && { 'X-Change-Ticket': ticket }) },
  };
}
