/**
 * Has YAML read into the JSON text that means the same (json-of-yaml.ts), or throws 400. It takes ten times as long as JSON,
 * so a long text is read by a thread, and nobody else waits for it.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import { invalidRequest, violation } from './invalid-request.js';
import {
  jsonOfYaml,
  MAX_ALIASES,
  MAX_DEPTH,
  MAX_SIGNS,
  type JsonOfYaml,
  type YamlText,
} from './json-of-yaml.js';

/** In characters; as long as it takes to read it, it takes to start a thread. */
const LONG = 131_072;
/** Each is a processor that is busy, and memory. */
const THREADS_AT_ONCE = 2;

const PROGRAM = join(import.meta.dirname, 'json-of-yaml.js');

const inTurn = pLimit(THREADS_AT_ONCE);

/** @param limit of the JSON text, roughly in characters: what aliases stand for counts each time. */
export async function yamlAsJson(yaml: string, limit: number): Promise<string> {
  const text = { yaml, limit };
  const read = yaml.length < LONG ? jsonOfYaml(text) : await inTurn(() => readByThread(text));
  if ('json' in read) return read.json;
  throw refusal(read, limit);
}

function readByThread(text: YamlText): Promise<JsonOfYaml> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(PROGRAM, { workerData: text });
    thread.once('message', resolve).once('error', reject);
  });
}

function refusal(read: Exclude<JsonOfYaml, { readonly json: string }>, limit: number): Error {
  if ('infinite' in read) {
    const message = `${JSON.stringify(read.infinite)} is no finite number.`;
    return invalidRequest(violation('number-out-of-range', '', message, 'Send a number.'));
  }
  if ('tooLong' in read) {
    const message = `With its aliases written out the body is larger than ${limit} characters, or without an end.`;
    return invalidRequest(violation('yaml-malformed', '', message, 'Use fewer aliases.'));
  }
  if ('tooMany' in read) {
    const message = `The body has more than ${MAX_SIGNS} members, entries and lines.`;
    return invalidRequest(violation('yaml-malformed', '', message, 'Send it in smaller parts.'));
  }
  const { malformedFrom: from } = read;
  const place = from === null ? '' : `, from line ${from.line}, column ${from.column}, on`;
  const hint = `One document; no key twice, no tags, at most ${MAX_ALIASES} aliases and ${MAX_DEPTH} levels.`;
  return invalidRequest(
    violation('yaml-malformed', '', `The body is no YAML that is read here${place}.`, hint),
  );
}
