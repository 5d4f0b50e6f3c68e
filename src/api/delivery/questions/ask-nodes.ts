/**
 * Asks one node and waits for its answer, whichever process its stream hangs at: the question is a row, PostgreSQL's
 * NOTIFY tells whoever can pass it on, and tells us when the answer is there. Should a notification get lost, the row is
 * looked at once more when the time is up. It keeps nothing: whether answered or not, the row goes.
 */
import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { answerDecoder } from '../../../contract/decode-questions.js';
import { CONTRACT_FORMAT } from '../../../contract/documents.js';
import {
  REFUSED_BUSY,
  REFUSED_NOT_UNDERSTOOD,
  type Question,
  type QuestionMessage,
  type Refusal,
  type ToldOf,
} from '../../../contract/questions.js';
import { decodeText } from '../../../contract/strict-decoder.js';
import { QUESTIONS_CHANNEL } from '../../store/channels.js';
import { ChangeListener } from '../change-listener.js';

/** Of one node, by this process; each holds an answer of up to 1 MiB at its end. */
const MOST_OPEN = 8;

/** A node that is forgotten at this moment is asked nothing. */
const ASK = `
  WITH asked AS (INSERT INTO question (id, node_id, message)
    SELECT $1, n.id, $3 FROM node n WHERE n.id = $2 FOR KEY SHARE RETURNING id)
  SELECT pg_notify($4, $2::text || ' ' || id::text) FROM asked`;

/** What came of a question. Null: no answer came in time. */
export type Heard<Q extends Question> = { readonly told: ToldOf<Q> } | { readonly refusal: Refusal } | null;

@Injectable()
export class AskNodes implements OnApplicationBootstrap {
  private readonly waiting = new Map<string, () => void>();
  private readonly open = new Map<string, number>();

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ChangeListener) private readonly changes: ChangeListener,
  ) {}

  onApplicationBootstrap(): void {
    this.changes.onAnswers((id) => this.waiting.get(id)?.());
  }

  async ask<Q extends Question>(nodeId: string, question: Q, withinMs: number): Promise<Heard<Q>> {
    const open = this.open.get(nodeId) ?? 0;
    if (open >= MOST_OPEN) return { refusal: TOO_MANY };
    this.open.set(nodeId, open + 1);
    try {
      return heard(question, await this.exchange(nodeId, question, withinMs));
    } finally {
      this.close(nodeId);
    }
  }

  private close(nodeId: string): void {
    const left = (this.open.get(nodeId) ?? 1) - 1;
    if (left > 0) this.open.set(nodeId, left);
    else this.open.delete(nodeId);
  }

  /** @returns the text of the answer, or null. */
  private async exchange(nodeId: string, question: Question, withinMs: number): Promise<string | null> {
    const id = randomUUID();
    const message: QuestionMessage = { format: CONTRACT_FORMAT, id, withinMs, question };
    // Before it is asked, or a quick answer would find nobody waiting.
    const answered = this.answered(id, withinMs);
    try {
      const values = [id, nodeId, JSON.stringify(message), QUESTIONS_CHANNEL];
      const asked: unknown[] = await this.dataSource.query(ASK, values);
      if (asked.length === 0) return null;
      await answered;
    } finally {
      this.waiting.get(id)?.();
    }
    // TypeORM answers a DELETE … RETURNING with [rows, count].
    const [[row]]: [{ answer: string | null }[], number] = await this.dataSource.query(
      'DELETE FROM question WHERE id = $1 RETURNING answer',
      [id],
    );
    return row?.answer ?? null;
  }

  /** Resolves when an answer is there, or the time is up. */
  private answered(id: string, withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.waiting.set(id, done);
    });
  }
}

const TOO_MANY: Refusal = {
  reason: REFUSED_BUSY,
  message: `It is asked ${MOST_OPEN} questions already.`,
};

function heard<Q extends Question>({ kind }: Q, answer: string | null): Heard<Q> {
  if (answer === null) return null;
  const decoded = decodeText(answerDecoder(kind), answer);
  if (!decoded.ok) {
    const message = `Its answer is not understood: ${decoded.problem}.`;
    return { refusal: { reason: REFUSED_NOT_UNDERSTOOD, message } };
  }
  if ('refusal' in decoded.value) return { refusal: decoded.value.refusal };
  // The decoder was that of the question's kind.
  return { told: decoded.value.told as ToldOf<Q> };
}
