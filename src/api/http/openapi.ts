/**
 * Builds the OpenAPI 3.1 document of the public API from its controllers, and serves it with Swagger UI.
 * The document is the contract; the routes of nodes have one of their own (src/contract) and are not in here.
 */
import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { DRY_RUN, PLAN_MEDIA_TYPE } from './dry-run.js';
import { finishDocument } from './openapi/finish-document.js';
import { serveSwaggerPage } from './openapi/swagger-page.js';
import { PROBLEM_SCHEMA } from './problem-schema.js';

/** Version of the contract, not of the program: it moves when a client could notice. */
const CONTRACT_VERSION = '1.0.0';
const BEARER = 'bearer';
const LICENSE_URL = 'https://www.apache.org/licenses/LICENSE-2.0';

export function buildOpenApiDocument(application: INestApplication): OpenAPIObject {
  const document = SwaggerModule.createDocument(application, documentFrame(), {
    operationIdFactory: (_controller, method) => method,
  });
  const { components = {} } = document;
  const schemas = { ...components.schemas, Problem: PROBLEM_SCHEMA };
  for (const path of Object.values(document.paths)) describePlans(path);
  return finishDocument({ ...document, components: { ...components, schemas } });
}

/** A write that can be planned answers with the plan too, in a media type of its own. */
function describePlans(path: OpenAPIObject['paths'][string]): void {
  for (const operation of [path.post, path.put, path.patch, path.delete]) {
    const isPlannable = operation?.parameters?.some((each) => 'name' in each && each.name === DRY_RUN);
    if (operation === undefined || isPlannable !== true) continue;
    const { 200: usual = { description: 'With `dryRun`: the plan; nothing is done.' } } = operation.responses;
    const content = 'content' in usual ? usual.content : {};
    const schema = { $ref: '#/components/schemas/PlanView' };
    operation.responses['200'] = { ...usual, content: { ...content, [PLAN_MEDIA_TYPE]: { schema } } };
  }
}

/** Every `@ApiTags` names one of these. */
const TAGS: readonly (readonly [name: string, description: string])[] = [
  ['Virtual Services', 'What clients connect to: an address, a protocol and ports.'],
  ['Real Servers', 'The servers that answer the clients of a virtual service, directly.'],
  [
    'Traffic',
    'What goes through a virtual service, and who has its VIP: told by the directors when they are asked.',
  ],
  ['Nodes', 'Directors, which forward, and agents, which make a real server hold its VIPs silently.'],
  ['Installation', 'What a real server installs its agent from.'],
  ['Configuration', 'All virtual services as one text, to be read, kept and applied.'],
  ['Plans', 'What writes would do, before they are made.'],
  ['Revisions', 'The history of all changes.'],
  ['Events', 'All that happens, in one order, as a page or as a stream.'],
  ['Capabilities', 'What the connected directors can enforce.'],
  ['Probes', 'Whether this process lives and can work.'],
  ['Metrics', 'Figures of this process for Prometheus.'],
];

const DESCRIPTION = `The control plane for Direct Server Return load balancing: virtual services, their real servers, and what
directors and agents have made of them.

**To begin**, press *Authorize* and paste an operator token (\`npm start\` keeps the first one in \`data/admin-token\`). Then try
*Create a virtual service* with its example as it stands: real servers join when their agents do, and \`status\` says what is
missing until then.

**What goes for all operations**

- Every error is \`application/problem+json\` (RFC 9457): a stable \`code\`, and each thing that is wrong in \`errors\`, with the
  place and what to do about it.
- Objects and lists have an \`ETag\`: send it as \`If-None-Match\` to read only what has moved, and as \`If-Match\` to change only
  what you have seen.
- A write with an \`Idempotency-Key\` can be sent again when no answer came. With \`Prefer: wait=30\` it is answered when it is in
  force everywhere.
- Changes that take the last servers from a service, or many services away, want an approval: 409 \`approval-required\` says how.
`;

function documentFrame(): Omit<OpenAPIObject, 'paths'> {
  const builder = new DocumentBuilder();
  for (const [name, description] of TAGS) builder.addTag(name, description);
  return builder
    .setOpenAPIVersion('3.1.0')
    .setTitle('Homeward')
    .setDescription(DESCRIPTION)
    .setVersion(CONTRACT_VERSION)
    .setLicense('Apache-2.0', LICENSE_URL)
    .addServer('/')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'opaque', description: 'An operator token.' },
      BEARER,
    )
    .addSecurityRequirements(BEARER)
    .build();
}

/** Serves `/openapi.json` and Swagger UI at `/docs`, both without a credential. */
export function serveOpenApi(application: NestExpressApplication, document: OpenAPIObject): void {
  const text = JSON.stringify(document);
  const express = application.getHttpAdapter().getInstance();
  express.get('/openapi.json', (_request, response) => {
    response.type('application/json').end(text);
  });
  serveSwaggerPage(application, document);
}
