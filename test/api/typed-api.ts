/**
 * A client for TypeScript, made of the OpenAPI document alone, as anybody would make one. What a spec sends and reads through it
 * is held against the document by the compiler: a schema that says something else than the API does fails `npm run lint:types`.
 */
import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from '../../dist/client/schema.js';
import { ADMIN_TOKEN, type ApiUnderTest } from '../support/api-under-test.js';

export type Schemas = components['schemas'];

export type TypedClient = Client<paths>;

export function typedApi(api: ApiUnderTest): TypedClient {
  return createClient<paths>({
    baseUrl: api.base,
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
    // A filter may be given several times, as `name=a&name=b`.
    querySerializer: { array: { style: 'form', explode: true } },
  });
}

/** Notes each operation that a client has had a success of, such as `get /v1/nodes/{id}`. */
export function noting(client: TypedClient, operations: Set<string>): TypedClient {
  client.use({
    onResponse({ request, response, schemaPath }) {
      if (response.ok) operations.add(`${request.method.toLowerCase()} ${schemaPath}`);
    },
  });
  return client;
}

/** Only a dry run is answered with one. */
type Plan = { readonly digest: string; readonly allowed: boolean };

/** What was answered, where it has to be a success. */
export function answered<T>({
  data,
  error,
  response,
}: {
  data?: T;
  error?: unknown;
  response: Response;
}): Exclude<T, Plan> {
  if (error !== undefined) throw new Error(`${response.status} ${JSON.stringify(error)}`);
  return data as Exclude<T, Plan>;
}
