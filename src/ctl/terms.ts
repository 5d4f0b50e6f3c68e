/** What goes with any write. */
import type { Question } from './api-client.js';

export interface Terms {
  readonly approve?: string;
  readonly ticket?: string;
}

export function withTerms(question: Question, { approve, ticket }: Terms): Question {
  const approved = approve === undefined ? [] : [['approve', approve] as const];
  return {
    ...question,
    query: [...(question.query ?? []), ...approved],
    headers: { ...question.headers, ...(ticket !== undefined && { 'X-Change-Ticket': ticket }) },
  };
}
