/**
 * Which codes an operation can answer a problem with, by status. A code belongs to what an operation takes (a body, a key,
 * an approval), so a new operation gets most of its codes by taking them; what is its own has a line here.
 */
export interface OperationTraits {
  readonly path: string;
  readonly method: string;
  readonly hasBody: boolean;
  /** Names of query parameters and headers. */
  readonly takes: ReadonlySet<string>;
  /** Names of the members of the object that it answers with. */
  readonly shows: ReadonlySet<string>;
}

type Applies = (operation: OperationTraits) => boolean;

const always: Applies = () => true;
const withBody: Applies = ({ hasBody }) => hasBody;
/** A body that comes with these is read, whether anything is made of it or not. */
export const readsBody: Applies = ({ method }) => READ_WITH.has(method);
const READ_WITH: ReadonlySet<string> = new Set(['post', 'put', 'patch']);
const taking =
  (...names: readonly string[]): Applies =>
  ({ takes }) =>
    names.some((name) => takes.has(name));
const at =
  (path: RegExp, applies: Applies = always): Applies =>
  (operation) =>
    path.test(operation.path) && applies(operation);

const QUESTIONS = /\/(?:stats|flows|probe|route)$/;
const changes = taking('X-Change-Ticket');
const describesServices = at(/^\/v1\/(?:virtual-services|configuration|plans)/, withBody);
/** A real server is no part of what a service says of itself, or of the place that it takes. */
const notOfServers = (applies: Applies): Applies => at(/^(?!.*\/real-servers)/, applies);

const plans: Applies = (each) => taking('dryRun')(each) || at(/^\/v1\/plans$/)(each);
const rollback = at(/^\/v1\/revisions\/[^/]+\/rollback$/);
const changesServices: Applies = (each) => describesServices(each) || rollback(each);

/** Of a rule of the domain, which looks at the service as a whole: any change of it can break one. */
const RULES = [
  'address-families-differ',
  'address-is-a-node',
  'backup-without-health-check',
  'direct-return-keeps-the-port',
  'direct-return-requires-force-l4',
  'flow-affinity-required',
  'host-has-an-agent',
  'no-shared-segment',
  'not-enforceable',
  'real-server-is-the-vip',
  'slow-start-without-health-check',
  'too-many-real-servers',
] as const;

/** Of a service that contradicts itself. */
const IMPOSSIBLE = [
  'health-check-datagram-invalid',
  'health-check-protocol-differs',
  'health-check-timeout-invalid',
  'persistence-prefix-invalid',
  'port-range-invalid',
] as const;

const UNREADABLE_BODY = [
  'json-malformed',
  'body-not-object',
  'body-not-utf-8',
  'duplicate-key',
  'too-deep',
  'number-out-of-range',
  'text-not-storable',
  'unknown-field',
] as const;

/** `dryRun` is looked at before all others: given twice, it is none that can be read. */
const PARAMETERS = ['limit', 'approve', 'source', 'os', 'force', 'revision'] as const;

const TOLD: readonly (readonly [status: number, codes: readonly string[], of: Applies])[] = [
  // A ticket is read wherever it comes.
  [400, ['url-malformed', 'header-invalid'], always],
  // Whoever calls probes and installers has habits: those take any.
  [400, ['unknown-parameter'], at(/^\/(?:v1|metrics)/)],
  [400, UNREADABLE_BODY, readsBody],
  [400, ['body-required', 'field-required', 'field-invalid'], withBody],
  [400, ['parameter-invalid'], taking('dryRun', ...PARAMETERS)],
  [400, ['duplicate-parameter'], taking(...PARAMETERS)],
  [400, ['cursor-invalid'], taking('cursor')],
  [400, ['address-not-usable'], at(/^\/v1\/(?:nodes|virtual-services)$|\/(?:real-servers|route|flows)$/)],
  [400, ['address-not-usable'], describesServices],
  // A plan tells of them as of any broken rule.
  [400, IMPOSSIBLE, at(/^(?!\/v1\/plans)/, notOfServers(describesServices))],
  [422, ['address-families-differ'], at(/\/route$/)],
  [422, ['real-server-is-managed'], at(/\/setup$/)],
  [422, ['attested-server-is-managed'], at(/\/attestation$/, ({ method }) => method === 'put')],
  [422, ['not-found'], at(/\/bulk$/)],
  [409, ['node-exists', 'node-address-taken', 'address-is-a-vip'], at(/^\/v1\/nodes$/)],
  [409, ['node-in-use'], at(/^\/v1\/nodes\/[^/]+$/)],
  // Of each write that is planned: where it cannot be read, the plan cannot be made.
  [
    400,
    ['not-plannable', 'method-not-allowed', 'address-not-usable', 'parameter-invalid', 'duplicate-parameter'],
    at(/^\/v1\/plans$/),
  ],
  [400, ['yaml-malformed'], at(/^\/v1\/configuration$/, withBody)],
  [401, ['unauthenticated'], always],
  [404, ['not-found'], always],
  [404, ['history-not-kept'], at(/^\/v1\/(?:configuration$|revisions\/[^/]+\/)/)],
  [412, ['precondition-failed'], always],
  [413, ['body-too-large'], readsBody],
  [415, ['unsupported-media-type'], readsBody],
  [500, ['internal-error'], always],
  [503, ['database-unavailable'], at(/^\/(?:v1|metrics|readyz)/)],
  [503, ['try-again'], always],
  [503, ['too-many-plans', 'plan-takes-too-long'], plans],
  [503, ['no-director-connected', 'director-cannot-tell'], at(QUESTIONS)],
  [410, ['events-forgotten'], taking('Last-Event-ID')],
  [429, ['too-many-streams'], taking('Last-Event-ID')],
  [422, ['outside-scope'], at(/^\/v1\/configuration$/)],
  [504, ['director-did-not-answer'], at(QUESTIONS)],
  [429, ['too-many-questions'], at(QUESTIONS)],
  [409, ['not-in-force'], at(QUESTIONS)],
  [422, RULES, changesServices],
  [409, ['virtual-service-overlaps'], notOfServers(changesServices)],
  // What is said of a service without its servers, and what was once accepted, names none twice.
  [409, ['real-server-exists'], at(/^(?!.*\/virtual-services\/\{id\}$)/, describesServices)],
  [409, ['approval-required'], taking('approve')],
  [409, ['conflict'], changes],
  [409, ['idempotency-key-in-use'], taking('Idempotency-Key')],
  [422, ['idempotency-key-reused'], taking('Idempotency-Key')],
];

/** In the order in which they are told: what stands in the way of any request first. */
export function problemCodes(status: number, operation: OperationTraits): readonly string[] {
  const codes = TOLD.flatMap(([told, each, applies]) => (told === status && applies(operation) ? each : []));
  return [...new Set(codes)];
}
