/** The kinds of objects that can be listed: where they are, and the columns that people are shown of them. */
import type { ListedNode, ListedRevision, ListedServer, ListedService } from './listed.js';
import type { Column } from './output/columns.js';
import { servicePlace } from './output/service-place.js';

export interface Kind<T> {
  readonly names: readonly [name: string, ...aliases: string[]];
  /** Of the list; `service` is the id of the virtual service that it belongs to. */
  readonly path: (service: string) => string;
  readonly isPartOfService?: true;
  readonly columns: readonly Column<T>[];
}

const ID = { header: 'ID', cell: ({ id }: { readonly id: string }) => id };
const WHETHER: readonly Column<Pick<ListedServer, 'status'>>[] = [
  { header: 'OPERATING', cell: ({ status }) => status.operating },
  { header: 'PROVISIONING', cell: ({ status }) => status.provisioning },
];

export const VIRTUAL_SERVICES: Kind<ListedService> = {
  names: ['virtual-services', 'virtual-service', 'vs'],
  path: () => '/v1/virtual-services',
  columns: [
    { header: 'NAME', cell: ({ name }) => name || '-' },
    { header: 'SERVES', cell: servicePlace },
    { header: 'SERVERS', cell: ({ realServers }) => String(realServers.length) },
    ...WHETHER,
    { header: 'REVISION', cell: ({ revision }) => String(revision) },
    ID,
  ],
};

const REAL_SERVERS: Kind<ListedServer> = {
  names: ['real-servers', 'real-server', 'rs'],
  path: (service) => `/v1/virtual-services/${service}/real-servers`,
  isPartOfService: true,
  columns: [
    { header: 'ADDRESS', cell: ({ address }) => address },
    { header: 'PORT', cell: ({ port }) => String(port) },
    { header: 'WEIGHT', cell: ({ weight }) => String(weight) },
    {
      header: 'ROLE',
      cell: ({ enabled, backup }) => (enabled ? (backup ? 'backup' : 'serves') : 'disabled'),
    },
    ...WHETHER,
    { header: 'WHY', cell: ({ status }) => whyNot(status) },
    ID,
  ],
};

/** An agent is admitted or says why not: the one condition that stands for all others. */
function whyNot({ conditions }: ListedServer['status']): string {
  const admitted = conditions.find(({ type }) => type === 'Admitted');
  return admitted === undefined || admitted.status === 'True' ? '-' : admitted.reason;
}

export const NODES: Kind<ListedNode> = {
  names: ['nodes', 'node'],
  path: () => '/v1/nodes',
  columns: [
    { header: 'NAME', cell: ({ name }) => name },
    { header: 'ROLE', cell: ({ role }) => role },
    { header: 'STATE', cell: ({ state }) => state },
    { header: 'ADDRESSES', cell: ({ addresses }) => addresses.join(',') },
    { header: 'REVISION', cell: ({ revisionInForce }) => String(revisionInForce ?? '-') },
    { header: 'FAULTS', cell: ({ faultCount }) => String(faultCount) },
    { header: 'LAST SEEN', cell: ({ lastSeenAt }) => lastSeenAt ?? 'never' },
    ID,
  ],
};

export const REVISIONS: Kind<ListedRevision> = {
  names: ['revisions', 'revision'],
  path: () => '/v1/revisions',
  columns: [
    { header: 'REVISION', cell: ({ number }) => String(number) },
    { header: 'AT', cell: ({ createdAt }) => createdAt },
    { header: 'ACTOR', cell: ({ actor }) => actor },
    { header: 'TICKET', cell: ({ ticket }) => ticket ?? '-' },
    { header: 'CHANGES', cell: ({ changes }) => changesText(changes) },
  ],
};

function changesText(changes: ListedRevision['changes']): string {
  const counts = new Map<string, number>();
  for (const { action, objectType } of changes) {
    const what = `${action} ${objectType}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => (count === 1 ? what : `${what} ×${count}`)).join(', ');
}

const KINDS = [VIRTUAL_SERVICES, REAL_SERVERS, NODES, REVISIONS] as readonly Kind<never>[];

export function kindNamed(name: string): Kind<never> | undefined {
  return KINDS.find(({ names }) => names.includes(name));
}
