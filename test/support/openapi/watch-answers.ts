/**
 * Sees every answer of an API under test, whoever asked: supertest, the typed client, `homeward ctl` or a browser. What it
 * finds missing in the OpenAPI document waits until the test that is running asks for it.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Answer } from './answer.js';
import { Contract } from './contract.js';
import type { OpenApiDocument } from './document.js';

const found = new Set<string>();
let contract: Contract | undefined;

export async function watchAnswers(server: Server, base: string): Promise<void> {
  // The same for all, as all have the same routes.
  contract ??= new Contract((await (await fetch(`${base}/openapi.json`)).json()) as OpenApiDocument);
  const held = contract;
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers: asked } = request;
    const body = endOf(response);
    response.once('finish', () => {
      const { statusCode: status } = response;
      const answer = { method, url, asked, status, headers: response.getHeaders(), body: body() };
      for (const line of held.missing(answer)) found.add(line);
    });
  });
}

/** What was found since it was asked last. */
export function undocumentedAnswers(): readonly string[] {
  const lines = [...found];
  found.clear();
  return lines;
}

/** Answers are ended with all of their text; what comes in parts is no object of ours. */
function endOf(response: ServerResponse): () => string | null {
  let text: Answer['body'] = null;
  const end = response.end.bind(response) as (...given: unknown[]) => ServerResponse;
  response.end = (...given: unknown[]) => {
    const [last] = given;
    text = typeof last === 'string' ? last : last instanceof Uint8Array ? Buffer.from(last).toString() : null;
    return end(...given);
  };
  return () => text;
}
