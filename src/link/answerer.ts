/**
 * Answers the questions of the control plane, beside whatever else the node does: it waits for no change and holds up
 * none. It must never throw into the stream, and never let questions take more of the host than question-limit.ts
 * allows; what goes wrong is told to who asked.
 */
import { CONTRACT_FORMAT } from '../contract/documents.js';
import {
  ANSWERS_PATH,
  REFUSED_BUSY,
  REFUSED_FAILED,
  REFUSED_NOT_UNDERSTOOD,
  type AnswerMessage,
  type Question,
  type QuestionMessage,
  type Told,
} from '../contract/questions.js';
import { LONGEST_MESSAGE } from '../contract/report-limits.js';
import { decodeText } from '../contract/strict-decoder.js';
import type { Logger } from '../platform/logger.js';
import { ask, textOf } from './ask.js';
import { NotAnswered } from './not-answered.js';
import { QuestionLimit } from './question-limit.js';

export interface AnswererOptions {
  readonly apiUrl: string;
  readonly credential: string;
  readonly logger: Logger;
  /** Ends with the node. */
  readonly signal: AbortSignal;
  /** Absent where the work of this node answers nothing. */
  readonly answer: ((question: Question, signal: AbortSignal) => Promise<Told>) | undefined;
}

export class Answerer {
  readonly #limit = new QuestionLimit();

  constructor(private readonly options: AnswererOptions) {}

  /** The data of one event. */
  take(data: string): void {
    this.#take(data).catch((error: unknown) =>
      this.options.logger.debug({ err: error }, 'a question could not be answered'),
    );
  }

  async #take(data: string): Promise<void> {
    const { decodeQuestionMessage } = await decoders();
    const decoded = decodeText(decodeQuestionMessage, data);
    if (!decoded.ok) throw new Error(`it is not understood: ${decoded.problem}`);
    await this.#answer(decoded.value);
  }

  async #answer({ id, withinMs, question }: QuestionMessage): Promise<void> {
    const signal = AbortSignal.any([this.options.signal, AbortSignal.timeout(withinMs)]);
    if (!this.#limit.begin(performance.now())) {
      return this.#send(id, refusal(REFUSED_BUSY, 'It answers as many questions as it can.'), signal);
    }
    try {
      await this.#send(id, await this.#find(question, signal), signal);
    } finally {
      this.#limit.end();
    }
  }

  async #find(asked: object, signal: AbortSignal): Promise<AnswerMessage> {
    const { answer } = this.options;
    const { decodeQuestion } = await decoders();
    const decoded = decodeQuestion(asked);
    if (!decoded.ok)
      return refusal(REFUSED_NOT_UNDERSTOOD, `The question is not understood: ${decoded.problem}.`);
    if (answer === undefined) return refusal(REFUSED_NOT_UNDERSTOOD, 'This node answers no questions.');
    try {
      return { format: CONTRACT_FORMAT, told: await answer(decoded.value, signal) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return refusal(error instanceof NotAnswered ? error.reason : REFUSED_FAILED, message);
    }
  }

  async #send(id: string, answer: AnswerMessage, signal: AbortSignal): Promise<void> {
    const { apiUrl, credential } = this.options;
    const taken = await ask(`${apiUrl}${ANSWERS_PATH}/${id}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${credential}` },
      body: JSON.stringify(answer),
      signal,
    });
    // Read to its end, so that the connection is free again. One that came too late is answered 404.
    await textOf(taken);
  }
}

/** Loaded by the first question: most nodes are never asked one, and compiling schemas takes time and memory. */
const decoders = () => import('../contract/decode-questions.js');

function refusal(reason: string, message: string): AnswerMessage {
  return { format: CONTRACT_FORMAT, refusal: { reason, message: message.slice(0, LONGEST_MESSAGE) } };
}
