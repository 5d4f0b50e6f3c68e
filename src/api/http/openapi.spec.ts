import { NestFactory } from '@nestjs/core';
import { HTTP_APPLICATION_OPTIONS } from './configure-http.js';
import { buildOpenApiDocument } from './openapi.js';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startThingApplication, ThingModule, type ThingApplication } from './thing-application.fake.js';

let application: ThingApplication;
let base: string;

beforeAll(async () => {
  application = await startThingApplication();
  ({ base } = application);
});

afterAll(() => application.close());

describe('the document', () => {
  it('is OpenAPI 3.1 and states what the decorators say', async () => {
    const { body } = await request(base).get('/openapi.json').expect(200);
    expect(body.openapi).toBe('3.1.0');
    expect(body.components.schemas.Server).toEqual({
      type: 'object',
      properties: {
        address: {
          description: 'Address.',
          maxLength: 45,
          anyOf: [
            { type: 'string', format: 'ipv4', maxLength: 15 },
            { type: 'string', format: 'ipv6', maxLength: 45 },
          ],
        },
        port: {
          type: 'integer',
          format: 'int32',
          minimum: 1,
          maximum: 65535,
          description: 'Port.',
          example: 80,
        },
      },
      required: ['address'],
    });
    expect(body.security).toEqual([{ bearer: [] }]);
    const { patch } = body.paths['/v1/things/{id}'];
    expect(Object.keys(patch.requestBody.content)).toEqual([
      'application/merge-patch+json',
      'application/json',
    ]);
    expect(patch.parameters[1]).toMatchObject({
      name: 'If-Match',
      required: false,
    });
    const create = body.paths['/v1/things'].post;
    expect(create.responses['422'].content['application/problem+json'].schema.$ref).toBe(
      '#/components/schemas/Problem',
    );
    expect(body.paths['/v1/things/{id}'].get.parameters.slice(0, 1)).toEqual([
      { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid', maxLength: 36 } },
    ]);
    expect(body.paths['/v1/things'].get.parameters[0]).toMatchObject({
      name: 'limit',
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
    });
  });

  it('is shown by Swagger UI', async () => {
    const page = await request(base).get('/docs/').redirects(1).expect(200);
    expect(page.text).toContain('swagger-ui-bundle.js');
    const script = await request(base).get('/docs/swagger-ui-init.js').expect(200);
    expect(script.text).toContain('/v1/things');
  });

  it('can be built without starting anything', async () => {
    const preview = await NestFactory.create(ThingModule, {
      ...HTTP_APPLICATION_OPTIONS,
      logger: false,
      preview: true,
    });
    const { body } = await request(base).get('/openapi.json');
    expect(JSON.parse(JSON.stringify(buildOpenApiDocument(preview)))).toEqual(body);
  });
});
