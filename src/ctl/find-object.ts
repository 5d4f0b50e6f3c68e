/** Finds the one object that somebody means by what lists show of it. */
import type { ApiClient } from './api-client.js';
import { EXIT } from './exit-codes.js';
import { NODES } from './kinds.js';
import type { ListedNode, ListedService } from './listed.js';
import { servicePlace } from './output/service-place.js';
import { readPages } from './read-pages.js';
import { UsageError } from './usage-error.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** `192.0.2.200:443/tcp`, as lists show it; the protocol may be left out, and of a range the end. */
const PLACE = /^\[?([\d.:a-f]+?)\]?:(\d{1,5})(?:-\d{1,5})?(?:\/(tcp|udp))?$/;
/** More are not listed to who meant one. */
const SHOWN = 10;

type FoundService = Pick<ListedService, 'id' | 'name' | 'address' | 'protocol' | 'port' | 'endPort'>;
type Query = readonly (readonly [name: string, value: string])[];

class NotFound extends Error {
  readonly exitCode = EXIT.notFound;
}

/** @param meant its id, its name, or where it serves. @returns its id. */
export async function findService(api: ApiClient, meant: string): Promise<string> {
  if (UUID.test(meant)) return meant;
  const found = await servicesMeant(api, meant);
  return theOne('virtual service', meant, found, (each) => `${servicePlace(each)}  ${each.name}`);
}

/** @param meant its id or its name. @returns its id. */
export async function findNode(api: ApiClient, meant: string): Promise<string> {
  if (UUID.test(meant)) return meant;
  const query = [['name', `eq:${meant}`] as const];
  const found = await readPages<ListedNode>(api, { path: NODES.path(''), query, limit: SHOWN });
  return theOne('node', meant, found, ({ name, role }) => `${role}  ${name}`);
}

function theOne<T extends { readonly id: string }>(
  kind: string,
  meant: string,
  found: readonly T[],
  line: (of: T) => string,
): string {
  const [first, second] = found;
  if (first === undefined) throw new NotFound(`there is no ${kind} ${meant}`);
  if (second === undefined) return first.id;
  const list = found.map((each) => `  ${each.id}  ${line(each)}`);
  throw new UsageError([`${meant} can be one of several; name it by its id:`, ...list].join('\n'));
}

async function servicesMeant(api: ApiClient, meant: string): Promise<FoundService[]> {
  const read = (query: Query) =>
    readPages<FoundService>(api, {
      path: '/v1/virtual-services',
      query: [...query, ['fields', 'id,name,address,protocol,port,endPort']],
      limit: SHOWN,
    });
  const named = await read([['name', `eq:${meant}`]]);
  const [, address, port, protocol] = PLACE.exec(meant) ?? [];
  if (named.length > 0 || address === undefined || port === undefined) return named;
  const place: Query = [
    ['address', address],
    ['servesPort', port],
  ];
  return read(protocol === undefined ? place : [...place, ['protocol', protocol]]);
}
