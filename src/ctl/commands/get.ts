/** `homeward ctl get`: lists objects, or shows one. */
import type { ApiClient, Question } from '../api-client.js';
import { filterQuery } from '../filter-query.js';
import { findNode, findService } from '../find-object.js';
import { NODES, VIRTUAL_SERVICES, kindNamed, type Kind } from '../kinds.js';
import { columnsText } from '../output/columns.js';
import { inFormat, type Format } from '../output/in-format.js';
import { readPages } from '../read-pages.js';
import { UsageError } from '../usage-error.js';
import type { Said } from '../run-ctl.js';

export interface GetOptions {
  readonly output: Format;
  readonly of?: string;
  readonly where: readonly string[];
  readonly search?: string;
  readonly sort?: string;
  readonly limit?: number;
}

export async function get(
  api: ApiClient,
  name: string,
  id: string | undefined,
  options: GetOptions,
): Promise<Said> {
  const kind = kindNamed(name);
  if (kind === undefined) throw new UsageError(`there are no ${name} to get`);
  const path = await pathOf(api, kind, options);
  if (id === undefined) return list(api, kind, path, options);
  const found = await api.json<never>({ path: `${path}/${await idOf(api, kind, id)}` });
  return { text: inFormat(options.output, found, () => columnsText(kind.columns, [found], '')) };
}

async function pathOf(api: ApiClient, kind: Kind<never>, { of }: GetOptions): Promise<string> {
  if (kind.isPartOfService !== true) return kind.path('');
  if (of === undefined) throw new UsageError(`${kind.names[0]} of which virtual service? Say --of`);
  return kind.path(await findService(api, of));
}

function idOf(api: ApiClient, kind: Kind<never>, id: string): Promise<string> | string {
  if (kind.names === VIRTUAL_SERVICES.names) return findService(api, id);
  return kind.names === NODES.names ? findNode(api, id) : encodeURIComponent(id);
}

async function list(api: ApiClient, kind: Kind<never>, path: string, options: GetOptions): Promise<Said> {
  const { output, limit } = options;
  const items = await readPages<never>(api, { path, query: queryOf(options), limit });
  const table = () => columnsText(kind.columns, items, `There are no such ${kind.names[0]}.`);
  return { text: inFormat(output, { items }, table) };
}

function queryOf({ where, search, sort }: GetOptions): NonNullable<Question['query']> {
  const words = search === undefined ? [] : [['q', search] as const];
  const order = sort === undefined ? [] : [['sort', sort] as const];
  return [...filterQuery(where), ...words, ...order];
}
