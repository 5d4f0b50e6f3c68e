/** The OpenAPI schema of a problem document (problem.ts). */
type SchemaObject = Readonly<Record<string, unknown>>;

const entry: SchemaObject = {
  type: 'object',
  required: ['code', 'field', 'message', 'hint'],
  properties: {
    code: { type: 'string', description: 'Stable; made for programs.' },
    field: {
      type: ['string', 'null'],
      description: 'JSON pointer into the body, or the bare name of a query parameter or header.',
    },
    message: { type: 'string', description: 'What is wrong.' },
    hint: { type: ['string', 'null'], description: 'What to do about it.' },
  },
};

const lostService: SchemaObject = {
  type: 'object',
  required: ['id', 'address', 'protocol', 'port', 'becomes'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    address: { type: 'string' },
    protocol: { type: 'string' },
    port: { type: 'integer' },
    becomes: { type: 'string', enum: ['removed', 'empty', 'unhealthy'] },
  },
};

const plan: SchemaObject = {
  type: 'object',
  description: 'With `approval-required`: what the change would take away from the directors.',
  required: ['approve', 'services', 'removedLately', 'of'],
  properties: {
    approve: {
      type: 'string',
      description: 'To be sent as `?approve=` with the same request, where it is meant.',
    },
    services: { type: 'array', items: lostService },
    removedLately: {
      type: ['integer', 'null'],
      description: 'Services that were removed within ten minutes before; null where that is no reason.',
    },
    of: { type: ['integer', 'null'], description: 'Of so many.' },
  },
};

export const PROBLEM_SCHEMA: SchemaObject = {
  type: 'object',
  description: 'An error (RFC 9457). `code` and `status` are those of the gravest of `errors`.',
  required: ['type', 'title', 'status', 'code', 'detail', 'instance', 'requestId', 'errors'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable; made for programs.' },
    detail: { type: 'string' },
    instance: { type: 'string', description: 'Path of the request.' },
    requestId: { type: 'string', description: 'Also in the header X-Request-Id and in the logs.' },
    errors: {
      type: 'array',
      description: 'The first hundred of all that is wrong, the gravest first where there are more.',
      items: entry,
    },
    total: {
      type: 'integer',
      description:
        'How many were found; only where that is more than `errors` has. The search ends early where nearly all is wrong.',
    },
    plan,
  },
  example: {
    type: '/problems/direct-return-keeps-the-port',
    title: 'Direct return keeps the port',
    status: 422,
    code: 'direct-return-keeps-the-port',
    detail: 'A Direct return server gets packets unchanged, so its port must be the port of the service.',
    instance: '/v1/virtual-services',
    requestId: '5a0c7c5e-6f1b-4f0c-9f0e-0d1b7a7a3c11',
    errors: [
      {
        code: 'direct-return-keeps-the-port',
        field: '/realServers/0/port',
        message:
          'A Direct return server gets packets unchanged, so its port must be the port of the service.',
        hint: 'Leave the port out or set it to the port of the service.',
      },
    ],
  },
};
