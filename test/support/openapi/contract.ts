/**
 * Holds what was answered against the OpenAPI document: programs decide by its statuses, codes, headers and members, so all
 * that the API answers has to stand there. It never says what is right: a wrong answer that is documented is none of its
 * business. Knows nothing of how the answers were seen.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Answer } from './answer.js';
import type { Header, OpenApiDocument, Operation, Response } from './document.js';
import { headersAmiss } from './headers-of-some.js';
import { withoutOtherMembers } from './without-other-members.js';

/** Those that every HTTP answer has, or that are about its connection and the safety of browsers. */
const OF_HTTP =
  /^(?:content-(?:type|length|security-policy)|cache-control|date|connection|keep-alive|transfer-encoding|vary|accept-ranges|x-accel-buffering|(?:cross-origin|origin-agent|referrer|x-(?:content|dns|download|frame|permitted|xss)).*)$/;
/** What is larger has entries as smaller ones have them. */
const MOST_CHECKED = 100_000;
const PROBLEM = 'application/problem+json';

interface Known {
  readonly path: string;
  readonly pattern: RegExp;
  readonly operations: Readonly<Record<string, Operation>>;
}

interface Place {
  readonly name: string;
  readonly operation: Operation;
}

export class Contract {
  private readonly known: readonly Known[];
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false });
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(private readonly document: OpenApiDocument) {
    // Names stand before `{id}`, as the router has it.
    this.known = Object.entries(document.paths)
      .sort(([a], [b]) => a.split('{').length - b.split('{').length)
      .map(([path, operations]) => ({ path, pattern: patternOf(path), operations }));
    this.ajv.addSchema({ $id: 'api', components: withoutOtherMembers(document.components) });
  }

  /** What of it stands nowhere, each as a line; a path or a method that is no operation's is nobody's contract. */
  missing(answer: Answer): readonly string[] {
    const place = this.placeOf(answer);
    if (place === null) return [];
    const { name, operation } = place;
    const response = operation.responses[String(answer.status)];
    if (response === undefined) return [`${name} ${answer.status} ${answer.body?.slice(0, 200) ?? ''}`];
    const body = checkedBody(answer);
    const found = [
      ...missingHeaders(answer, response, this.document.components.headers ?? {}),
      ...headersAmiss(answer, body, optionalHeaders(response, this.document.components.headers ?? {})),
      ...this.missingOfBody(answer, body, operation, response),
    ];
    return found.map((each) => `${name} ${answer.status} ${each}`);
  }

  private placeOf({ method, url }: Answer): Place | null {
    const [path = ''] = url.split('?', 1);
    const known = this.known.find(({ pattern }) => pattern.test(path));
    const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
    const operation = known?.operations[verb];
    return known === undefined || operation === undefined
      ? null
      : { name: `${verb} ${known.path}`, operation };
  }

  private missingOfBody(
    answer: Answer,
    body: unknown,
    operation: Operation,
    response: Response,
  ): readonly string[] {
    const type = typeOf(answer);
    const media = response.content?.[type];
    if (answer.body === null || answer.body === '') return [];
    if (media === undefined) return [`media type ${type}`];
    if (body === null) return [];
    const codes = type === PROBLEM ? missingCodes(body as Problem, operation, response) : [];
    // Of sparse objects nothing is required.
    return /[?&]fields=/.test(answer.url) ? codes : [...codes, ...this.invalid(body, media.schema)];
  }

  private invalid(body: unknown, schema: object | undefined): readonly string[] {
    const validate = this.validatorOf(withReferences(schema ?? {}));
    if (validate(body)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  private validatorOf(schema: string): ValidateFunction {
    const known = this.validators.get(schema);
    if (known !== undefined) return known;
    const made = this.ajv.compile(JSON.parse(schema) as object);
    this.validators.set(schema, made);
    return made;
  }
}

function typeOf({ headers }: Answer): string {
  return String(headers['content-type'] ?? '').split(';', 1)[0] ?? '';
}

/** Null where there is none, or not in JSON, or too much. */
function checkedBody(answer: Answer): unknown {
  const { body } = answer;
  const isChecked = typeOf(answer).endsWith('json') && body !== '' && (body?.length ?? 0) <= MOST_CHECKED;
  return isChecked && body !== null ? JSON.parse(body) : null;
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`);
}

function withReferences(schema: object): string {
  return JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/');
}

function missingHeaders(
  { headers }: Answer,
  { headers: documented = {} }: Response,
  shared: Readonly<Record<string, Header>>,
): readonly string[] {
  const names = new Set(Object.keys(documented).map((name) => name.toLowerCase()));
  const unknown = Object.keys(headers).filter((name) => !OF_HTTP.test(name) && !names.has(name));
  const required = Object.entries(documented).filter(([, header]) => resolved(header, shared).required);
  const absent = required.filter(([name]) => headers[name.toLowerCase()] === undefined);
  return [
    ...unknown.map((name) => `header ${name} is not documented`),
    ...absent.map(([name]) => `header ${name} was not sent`),
  ];
}

function optionalHeaders(
  { headers = {} }: Response,
  shared: Readonly<Record<string, Header>>,
): readonly string[] {
  return Object.keys(headers).filter((name) => !resolved(headers[name] ?? {}, shared).required);
}

function resolved(header: Header, shared: Readonly<Record<string, Header>>): Header {
  return header.$ref === undefined ? header : (shared[header.$ref.split('/').at(-1) ?? ''] ?? header);
}

interface Problem {
  readonly code: string;
  readonly errors: readonly { readonly code: string }[];
}

function missingCodes(problem: Problem, operation: Operation, response: Response): readonly string[] {
  const ofStatus = response['x-problem-codes'] ?? [];
  // All that is wrong is told at once, under the status of the worst of it.
  const ofAny = new Set(Object.values(operation.responses).flatMap((each) => each['x-problem-codes'] ?? []));
  return [
    ...(ofStatus.includes(problem.code) ? [] : [problem.code]),
    ...problem.errors.filter(({ code }) => !ofAny.has(code)).map(({ code }) => `entry ${code}`),
  ];
}
