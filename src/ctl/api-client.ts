/** The REST API as `homeward ctl` asks it: one request, one answer; it repeats nothing and keeps nothing. */
import type { CtlEnv } from '../platform/env.js';
import { EXIT } from './exit-codes.js';
import { Refused } from './problem.js';

export interface Question {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with a slash; what is put into it is encoded. */
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly type: string; readonly text: string };
  /** How much longer than others its answer may take. */
  readonly patienceMs?: number;
  /** Ends request and answer, whatever stage they are at. */
  readonly signal?: AbortSignal;
}

/** Nobody answered, or what answered was cut off. */
export class Unreachable extends Error {
  readonly exitCode = EXIT.failed;
}

export class ApiClient {
  /** @param withinMs how long an answer may take, from the question to its last byte, where a question has no signal of its own. */
  constructor(
    private readonly settings: CtlEnv,
    private readonly withinMs: number,
  ) {}

  /** @throws {Refused} for each answer of 400 and above. @throws {Unreachable} */
  async ask(question: Question): Promise<Response> {
    const answer = await this.#send(question);
    if (!answer.ok) throw Refused.from(answer.status, await this.#read(answer));
    return answer;
  }

  async json<T>(question: Question): Promise<T> {
    const answer = await this.text(question);
    try {
      return JSON.parse(answer) as T;
    } catch {
      throw new Unreachable(
        `${this.settings.apiUrl} answers, and not as the API does; is it the right address?`,
      );
    }
  }

  async text(question: Question): Promise<string> {
    return this.#read(await this.ask(question));
  }

  /** The body of an answer, as it comes. */
  async *chunks({ body }: Response): AsyncGenerator<Uint8Array> {
    try {
      if (body !== null) for await (const chunk of body) yield chunk as Uint8Array;
    } catch (error) {
      throw this.#cutOff(error);
    }
  }

  async #send(question: Question): Promise<Response> {
    const { method = 'GET', path, query = [], headers, body, patienceMs = 0, signal } = question;
    const url = new URL(this.settings.apiUrl + path);
    for (const [name, value] of query) url.searchParams.append(name, value);
    const type = body === undefined ? {} : { 'Content-Type': body.type };
    const all = { Authorization: `Bearer ${this.settings.token}`, ...type, ...headers };
    try {
      // A redirect is followed by nobody: the token goes where it was told to go.
      return await fetch(url, {
        method,
        headers: all,
        redirect: 'manual',
        ...(body && { body: body.text }),
        signal: signal ?? AbortSignal.timeout(this.withinMs + patienceMs),
      });
    } catch (error) {
      throw new Unreachable(`${this.settings.apiUrl} cannot be reached: ${this.#causeOf(error)}`);
    }
  }

  async #read(answer: Response): Promise<string> {
    try {
      return await answer.text();
    } catch (error) {
      throw this.#cutOff(error);
    }
  }

  #cutOff(error: unknown): Unreachable {
    return new Unreachable(`the answer of ${this.settings.apiUrl} was cut off: ${this.#causeOf(error)}`);
  }

  /** `fetch` says only that it failed; why stands in the cause, and of several addresses in each one's. */
  #causeOf(error: unknown): string {
    const { cause, name } = error as { cause?: unknown; name?: unknown };
    if (name === 'TimeoutError') return `no answer within ${this.withinMs / 1_000} s (--timeout)`;
    if (cause instanceof AggregateError) return cause.errors.map(String).join(', ');
    return cause instanceof Error ? cause.message : String(error);
  }
}
