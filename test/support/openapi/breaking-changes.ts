/**
 * Finds what a client of an earlier document could not go on with: operations, parameters and members that are gone, what
 * is asked for that was not, and what is narrower than before. What is added is found nowhere. Pure.
 */
import type { Content, OpenApiDocument, Operation, Parameter } from './document.js';
import { schemaChanges, type Sides } from './schema-changes.js';

export function breakingChanges(before: OpenApiDocument, after: OpenApiDocument): string[] {
  const schemas = { before: before.components.schemas, after: after.components.schemas };
  return Object.entries(before.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const where = `${method.toUpperCase()} ${path}`;
      const next = after.paths[path]?.[method];
      return next === undefined
        ? [`${where}: was removed`]
        : operationChanges(schemas, where, operation, next);
    }),
  );
}

/** A break needs a larger number before the first dot, or, as long as that is 0, before the second. */
export function allowsBreaks(before: string, after: string): boolean {
  const [[oldMajor = 0, oldMinor = 0], [major = 0, minor = 0]] = [numbersOf(before), numbersOf(after)];
  return major > oldMajor || (major === 0 && minor > oldMinor);
}

function numbersOf(version: string): readonly number[] {
  return version.split('.').map(Number);
}

type Schemas = Omit<Sides, 'direction'>;

function operationChanges(schemas: Schemas, where: string, old: Operation, now: Operation): string[] {
  return [
    ...(old.operationId === now.operationId ? [] : [`${where}: its operationId ${old.operationId} changed`]),
    ...(isOpen(old) && !isOpen(now) ? [`${where}: wants a credential now`] : []),
    ...parameterChanges({ ...schemas, direction: 'sent' }, where, old.parameters ?? [], now.parameters ?? []),
    ...bodyChanges({ ...schemas, direction: 'sent' }, where, old, now),
    ...answerChanges({ ...schemas, direction: 'answered' }, where, old, now),
  ];
}

function isOpen({ security = [] }: Operation): boolean {
  return security.some((each) => Object.keys(each).length === 0);
}

function parameterChanges(
  sides: Sides,
  where: string,
  old: readonly Parameter[],
  now: readonly Parameter[],
): string[] {
  const same = (a: Parameter) => (b: Parameter) => a.name === b.name && a.in === b.in;
  const kept = old.flatMap((each) => {
    const place = `${where} ${each.in} ${each.name}`;
    const next = now.find(same(each));
    if (next === undefined) return [`${place}: was removed`];
    return schemaChanges(sides, place, each.schema ?? {}, next.schema ?? {});
  });
  const asked = now.filter((each) => each.required === true && old.find(same(each))?.required !== true);
  return [...kept, ...asked.map((each) => `${where} ${each.in} ${each.name}: is required now`)];
}

function bodyChanges(
  sides: Sides,
  where: string,
  { requestBody: old }: Operation,
  { requestBody: now }: Operation,
): string[] {
  if (old === undefined) return now?.required === true ? [`${where}: wants a body now`] : [];
  if (now === undefined) return [`${where}: takes no body any more`];
  const asked = now.required === true && old.required !== true ? [`${where}: wants a body now`] : [];
  return [...asked, ...contentChanges(sides, `${where} body`, old.content, now.content)];
}

function answerChanges(sides: Sides, where: string, old: Operation, now: Operation): string[] {
  return Object.entries(old.responses).flatMap(([status, answer]) => {
    const next = now.responses[status];
    const place = `${where} ${status}`;
    if (next !== undefined) return contentChanges(sides, place, answer.content ?? {}, next.content ?? {});
    return status.startsWith('2') ? [`${place}: is answered no more`] : [];
  });
}

function contentChanges(sides: Sides, where: string, old: Content, now: Content): string[] {
  return Object.entries(old).flatMap(([type, { schema = {} }]) => {
    const next = now[type];
    if (next === undefined) return [`${where}: not as ${type} any more`];
    return schemaChanges(sides, where, schema, next.schema ?? {});
  });
}
