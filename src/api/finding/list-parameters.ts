/** Takes the query of a list in a controller, and documents every parameter of it. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiQuery, type ApiQueryOptions } from '@nestjs/swagger';
import type { Request } from 'express';
import { takesOwnQuery } from '../http/declared-query.interceptor.js';
import { DEFAULT_PAGE_LIMIT, MAX_PAGE_LIMIT } from '../http/page.js';
import { OR } from './alternatives.js';
import { fieldOf, type ListedField, type Listing, type SortKey } from './listed-field.js';
import { MOST_PARAMETERS, readListQuery } from './list-query.js';
import { exampleOf } from './example-of.js';
import { operatorsOf } from './operators-of.js';
import { sortableFields } from './sort.js';

/** Node reads no longer head of a request than this, in bytes. */
const LONGEST_URL = 16_384;

/** Of the operation of every list. */
export const FINDING =
  'A filter is `field=[operator:]value`. Without an operator it is `eq`; `ne`, `lt`, `lte`, `gt` and `gte` compare, ' +
  '`prefix` and `contains` look into texts (upper and lower case differ), `in:a,b` and `out:a,b` are sets (`\\,` is a ' +
  'comma within a value), `is:null` and `not:null` ask whether there is a value. An address may be a subnet. All filters ' +
  'must hold, also several of one field. `or=port=80|name=prefix:web` holds where one of its filters does, of any fields; an ' +
  'alternative of several has `&` between them, written `%26`. What lacks a value satisfies `ne` and `out`. A cursor ' +
  'names a position in the order: what keeps its sort values is met exactly once, whatever others write meanwhile. ' +
  'Filters on `status` are asked object by object, of so many a page: such a page may hold fewer items than `limit`, even ' +
  'none, while `nextCursor` goes on; and `total` cannot be told with them.';

const Query = createParamDecorator((listing: Listing, context: ExecutionContext) =>
  readListQuery(listing, context.switchToHttp().getRequest<Request>().query),
);

/** For a parameter of type `ListQuery`. */
export function ListParameters(listing: Listing): ParameterDecorator {
  return (target, key, index) => {
    if (key === undefined) throw new Error('ListParameters belongs to a method');
    Query(listing)(target, key, index);
    takesOwnQuery(target, key);
    const descriptor = Object.getOwnPropertyDescriptor(target, key);
    if (descriptor === undefined) return;
    for (const options of documented(listing)) ApiQuery(options)(target, key, descriptor);
  };
}

function documented(listing: Listing): readonly ApiQueryOptions[] {
  const filters = Object.entries(listing.fields).flatMap(([name, field]) =>
    field.hidden === true ? [] : [filterParameter(name, field)],
  );
  const all = [
    ...pageParameters(listing),
    ...filters,
    ...(listing.tags === undefined ? [] : [TAG_PARAMETERS]),
  ];
  return all;
}

function filterParameter(name: string, field: ListedField): ApiQueryOptions {
  const operators = operatorsOf(field).join(', ');
  const { description = `Only those with such a \`${name}\`.`, words } = field;
  const values = words === undefined ? '' : ` Values: ${words.join(', ')}.`;
  return {
    name,
    required: false,
    description: `${description}${values} \`[operator:]value\`, with ${operators}. Such as \`${exampleOf(field)}\`. Given several times, all must hold.`,
    schema: { type: 'array', maxItems: MOST_PARAMETERS, items: { type: 'string', maxLength: LONGEST_URL } },
    explode: true,
  };
}

/** Said as an object that is exploded: each of its members is a parameter. */
const TAG_PARAMETERS: ApiQueryOptions = {
  name: 'tags',
  required: false,
  description:
    'Tags, each as `tag.<key>=[operator:]value`, with the operators of a text, is:null and not:null. Such as `tag.env=prod`.',
  style: 'form',
  explode: true,
  schema: {
    type: 'object',
    // Else Swagger UI makes some up, and sends them.
    example: {},
    additionalProperties: { type: 'string', maxLength: LONGEST_URL },
    propertyNames: { pattern: '^tag\\.' },
  },
} as ApiQueryOptions;

const ALTERNATIVES: ApiQueryOptions = {
  name: OR,
  required: false,
  description:
    'Filters between `|`, one of which must hold: `port=80|name=prefix:web`. An alternative may be several, with `&` between ' +
    'them: `port=80&protocol=tcp`, percent-encoded as all that stands in a value. A `|`, `&` or `%` of a filter itself is ' +
    'encoded within it first. Given several times, each must hold.',
  schema: { type: 'array', maxItems: MOST_PARAMETERS, items: { type: 'string', maxLength: LONGEST_URL } },
  explode: true,
};

function pageParameters(listing: Listing): readonly ApiQueryOptions[] {
  const optional = (name: string, description: string, schema: object): ApiQueryOptions => ({
    name,
    required: false,
    description,
    schema,
  });
  const order = listing.order
    .filter(({ field }) => fieldOf(listing, field)?.hidden !== true)
    .map(({ field, descending }: SortKey) => (descending ? `-${field}` : field));
  return [
    ALTERNATIVES,
    ...(listing.words === undefined
      ? []
      : [
          optional('q', 'Words, each of which begins a word of its name, description or tags.', {
            type: 'string',
            maxLength: 255,
          }),
        ]),
    optional(
      'sort',
      `Fields between commas, \`-\` before one that goes down: ${sortableFields(listing).join(', ')}. Ties are settled by what never changes.`,
      { type: 'string', maxLength: LONGEST_URL, ...(order.length > 0 && { default: order.join(',') }) },
    ),
    optional('fields', `Answer with these fields alone, between commas: ${listing.shown.join(', ')}.`, {
      type: 'string',
      maxLength: LONGEST_URL,
    }),
    optional('limit', 'The largest number of items to answer with.', {
      type: 'integer',
      minimum: 1,
      maximum: MAX_PAGE_LIMIT,
      default: DEFAULT_PAGE_LIMIT,
    }),
    optional(
      'cursor',
      'Where to go on: the `nextCursor` of the page before, with the same filters and order.',
      {
        type: 'string',
        maxLength: 4096,
      },
    ),
    optional('total', 'Answer with the `total` of all pages.', { type: 'boolean', default: false }),
  ];
}
