/**
 * Makes the document that Nest built one that a person and a generator can use as it is: operations in the order of their
 * paths, with the codes of their problems and the headers of their answers; and schemas in the words of OpenAPI
 * 3.1. It adds what follows from the document, so that every new operation has it, and never says what the API does not.
 */
import type { OpenAPIObject } from '@nestjs/swagger';
import { ANSWER_HEADERS } from './answer-headers.js';
import { finishOperation, type Operation, type Schemas } from './finish-operation.js';
import { patchSchemas } from './patch-schemas.js';
import { plainSchemas } from './plain-schemas.js';

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** How methods follow each other at one path: see what is there, make it, change it, remove it. */
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

export function finishDocument(document: OpenAPIObject): OpenAPIObject {
  const plain = plainSchemas(document);
  const { components = {} } = plain;
  const schemas = patchSchemas(components.schemas ?? {});
  const tags = (plain.tags ?? []).map(({ name }) => name);
  const paths = Object.entries(plain.paths as unknown as Paths).map(
    ([path, item]) => [path, finishPath(path, item, schemas as Schemas)] as const,
  );
  paths.sort(([aPath, a], [bPath, b]) => placeOf(tags, a) - placeOf(tags, b) || (aPath < bPath ? -1 : 1));
  return {
    ...plain,
    components: { ...components, schemas, headers: ANSWER_HEADERS },
    paths: Object.fromEntries(paths),
  };
}

function finishPath(path: string, item: Paths[string], schemas: Schemas): Paths[string] {
  const inOrder = METHODS.flatMap((method) => {
    const operation = item[method];
    return operation === undefined
      ? []
      : [[method, finishOperation(path, method, operation, schemas)] as const];
  });
  return Object.fromEntries(inOrder);
}

/** Within a tag, by path: a collection comes before what is in it, and names before `{id}`. */
function placeOf(tags: readonly string[], item: Paths[string]): number {
  const [first] = Object.values(item);
  return tags.indexOf(first?.tags?.[0] ?? '');
}
