/** Completes one operation of the OpenAPI document by what follows from the rest of it. Pure. */
import { answerDescription } from './answer-description.js';
import { answerHeaders } from './answer-headers.js';
import { DOCUMENTED_STATUS, problemResponse } from '../api-problems.js';
import { PLAN_MEDIA_TYPE } from '../dry-run.js';
import { withParameterExample, type Described } from './parameter-example.js';
import { problemCodes, readsBody, type OperationTraits } from './problem-codes.js';

interface MediaType {
  readonly schema?: object;
}

interface Answer {
  readonly description?: string;
  readonly content?: Readonly<Record<string, MediaType>>;
}

export type Schemas = Readonly<Record<string, { readonly properties?: object }>>;

export interface Operation {
  readonly tags?: readonly string[];
  readonly parameters?: readonly Described[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, Answer>>;
}

export function finishOperation(
  path: string,
  method: string,
  operation: Operation,
  schemas: Schemas,
): Operation {
  const { requestBody, parameters = [], responses } = operation;
  const takes = new Set(parameters.map(({ name }) => name));
  const shows = membersOf(responses, schemas);
  const traits = { path, method, hasBody: requestBody !== undefined, takes, shows };
  return {
    ...operation,
    parameters: parameters
      .toSorted((a, b) => PLACES.indexOf(a.in) - PLACES.indexOf(b.in))
      .map((each) => withParameterExample(each)),
    responses: finishAnswers(withProblems(responses, traits), traits),
  };
}

/** What a request cannot do without comes first. */
const PLACES = ['path', 'query', 'header'];

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

function finishAnswers(answers: Operation['responses'], traits: OperationTraits): Operation['responses'] {
  const all = Object.entries(answers).map(([status, answer]) => {
    const description = answer.description || answerDescription(Number(status), traits);
    const isPlan = Object.keys(answer.content ?? {}).join() === PLAN_MEDIA_TYPE;
    const headers = answerHeaders({ status: Number(status), isPlan }, traits);
    return [status, { ...answer, description, headers }] as const;
  });
  return Object.fromEntries(all);
}

/** Of what is answered in JSON when all went well. */
function membersOf(responses: Operation['responses'], schemas: Schemas): ReadonlySet<string> {
  const [usual] = [responses['200'], responses['201']].flatMap(
    (each) => each?.content?.['application/json']?.schema ?? [],
  );
  const { $ref = '' } = (usual ?? {}) as { readonly $ref?: string };
  return new Set(Object.keys(schemas[$ref.split('/').at(-1) ?? '']?.properties ?? {}));
}
