/** Queries that have parameters of any name behind `tag.`, which no class can list. */
import 'reflect-metadata';

const TAGGED = Symbol('has parameters tag.<key>');

/** Of a query class: parameters `tag.<key>` are none of its business; whoever takes them reads them by themselves. */
export const LeavesTagsOut = (): ClassDecorator => (target) => Reflect.defineMetadata(TAGGED, true, target);

export function withoutTags(query: object, type: object): object {
  if (Reflect.getMetadata(TAGGED, type) !== true) return query;
  return Object.fromEntries(Object.entries(query).filter(([name]) => !name.startsWith('tag.')));
}
