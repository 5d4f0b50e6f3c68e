/** Completes one operation of the OpenAPI document by what follows from the rest of it. Pure. */
import { DOCUMENTED_STATUS, problemResponse } from '../api-problems.js';
import { problemCodes, readsBody, type OperationTraits } from './problem-codes.js';
import { requestExample, type Schemas } from './request-example.js';

interface MediaType {
  readonly schema?: object;
  readonly example?: unknown;
  readonly examples?: object;
}

interface RequestBody {
  readonly content: Readonly<Record<string, MediaType>>;
}

export interface Operation {
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: RequestBody;
  readonly responses: Readonly<Record<string, object>>;
}

export function finishOperation(
  path: string,
  method: string,
  operation: Operation,
  schemas: Schemas,
): Operation {
  const { requestBody, parameters = [] } = operation;
  const takes = new Set(parameters.map(({ name }) => name));
  const traits = { path, method, hasBody: requestBody !== undefined, takes };
  return {
    ...operation,
    parameters: parameters.toSorted((a, b) => PLACES.indexOf(a.in) - PLACES.indexOf(b.in)),
    ...(requestBody !== undefined && { requestBody: withExamples(requestBody, schemas) }),
    responses: withProblems(operation.responses, traits),
  };
}

/** What a request cannot do without comes first. */
const PLACES = ['path', 'query', 'header'];

/** What Swagger UI and other clients fill a body in with; an operation that brings examples of its own keeps them. */
function withExamples(body: RequestBody, schemas: Schemas): RequestBody {
  const content = Object.entries(body.content).map(([type, media]) => {
    const has = media.example !== undefined || media.examples !== undefined || media.schema === undefined;
    return [type, has ? media : { ...media, example: requestExample(media.schema ?? {}, schemas) }] as const;
  });
  return { ...body, content: Object.fromEntries(content) };
}

/** Every operation can meet a fault of ours, and who reads bodies one that cannot be read: none has to say so. */
function withProblems(responses: Operation['responses'], traits: OperationTraits): Operation['responses'] {
  const always = { 500: {}, ...(readsBody(traits) && { 413: {}, 415: {} }) };
  const all = Object.keys({ ...responses, ...always }).map((status) => {
    const told = DOCUMENTED_STATUS.find((each) => String(each) === status);
    const answer = told === undefined ? responses[status] : problemResponse(told, problemCodes(told, traits));
    return [status, answer ?? {}] as const;
  });
  return Object.fromEntries(all);
}
