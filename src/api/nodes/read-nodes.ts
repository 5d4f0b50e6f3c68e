/** Reads nodes with what they last said of themselves. */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { Failed, failure } from '../../domain/failure.js';
import { listPage } from '../finding/list-page.js';
import type { ListQuery } from '../finding/list-query.js';
import type { Page } from '../http/page.js';
import { readCommitOrder, type CommitOrder } from '../store/commit-order.js';
import { onOneConnection } from '../store/on-one-connection.js';
import { DocumentScopeRow } from '../store/rows/document-scope.row.js';
import type { FaultRow } from '../store/rows/fault.row.js';
import { NodeAddressRow } from '../store/rows/node-address.row.js';
import { NodeStatusRow } from '../store/rows/node-status.row.js';
import { NodeRow } from '../store/rows/node.row.js';
import { DIRECTORS_SCOPE } from '../delivery/publish/write-documents.js';
import { compareTables, readTables } from './read-tables.js';
import { NODES } from './node.listing.js';
import type { NodeState } from './node-state.js';
import { revisionsOfNodes } from './revisions-of-nodes.js';
import { nodeState, readHolding } from './state-of-nodes.js';

export interface NodeWithStatus {
  readonly node: NodeRow;
  readonly addresses: string[];
  readonly status: NodeStatusRow | null;
  /** The first by key. */
  readonly faults: readonly NodeFault[];
  readonly faultCount: number;
  readonly state: NodeState;
  /** The newest that has changed it: made, joined, or given a new join token. */
  readonly revision: number;
  readonly revisionInForce: number | null;
  /** Of a director, whether it agrees with the others; null where there is nobody to compare with. */
  readonly tables: ReturnType<typeof compareTables>;
  /** Names of nodes by the Ethernet addresses of strangers that were heard. */
  readonly cards: ReadonlyMap<string, string>;
}

type NodeFault = Pick<FaultRow, 'key' | 'reason' | 'message'>;

/** Of one node; a director whose host broke can have one for each service. */
const MOST_FAULTS = 100;

@Injectable()
export class ReadNodes {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async one(id: string): Promise<NodeWithStatus> {
    const [node] = await onOneConnection(this.dataSource, async (manager) =>
      withStatus(manager, await manager.findBy(NodeRow, { id })),
    );
    if (node === undefined) throw nodeNotFound(id);
    return node;
  }

  page(query: ListQuery): Promise<Page<NodeWithStatus>> {
    const { manager } = this.dataSource;
    return listPage(manager, NODES, query, async (places) => {
      const rows = await manager.findBy(NodeRow, { id: In(places.map(({ id }) => id)) });
      return new Map((await withStatus(manager, rows)).map((each) => [each.node.id, each]));
    });
  }
}

export function nodeNotFound(id: string): Failed {
  return new Failed(
    failure('not-found', 'not-found', `There is no node ${id}.`, 'List them: GET /v1/nodes.'),
  );
}

async function withStatus(manager: EntityManager, nodes: readonly NodeRow[]): Promise<NodeWithStatus[]> {
  if (nodes.length === 0) return [];
  const ids = nodes.map(({ id }) => id);
  // First: the versions that are read later then belong to this revision or a newer one, never to an older.
  const order = await readCommitOrder(manager);
  const addresses = await manager.findBy(NodeAddressRow, { nodeId: In(ids) });
  const statuses = await manager.findBy(NodeStatusRow, { nodeId: In(ids) });
  const faults = await readFaults(manager, ids);
  const holding = await readHolding(manager, statuses);
  const cards = await readCards(manager, statuses);
  const tables = await readTables(manager, nodes);
  const revisions = await revisionsOfNodes(manager, ids);
  const scopes = await manager.findBy(DocumentScopeRow, { scope: In([DIRECTORS_SCOPE, ...ids]) });
  return nodes.map((node) => {
    const status = statuses.find(({ nodeId }) => nodeId === node.id) ?? null;
    const scope = scopes.find(
      ({ scope: name }) => name === (node.role === 'director' ? DIRECTORS_SCOPE : node.id),
    );
    const ofNode = faults.filter(({ nodeId }) => nodeId === node.id);
    return {
      node,
      addresses: addresses.filter(({ nodeId }) => nodeId === node.id).map(({ address }) => address),
      status,
      faults: ofNode,
      faultCount: ofNode[0]?.total ?? 0,
      state: nodeState(node, status, holding),
      revision: revisions.get(node.id) ?? 0,
      revisionInForce: revisionInForce(status, ofNode, scope?.version ?? 0, order),
      tables: compareTables(node.id, tables),
      cards,
    };
  });
}

function readFaults(
  manager: EntityManager,
  nodeIds: readonly string[],
): Promise<(NodeFault & { nodeId: string; total: number })[]> {
  return manager.query(
    `SELECT n.id AS "nodeId", f.key, f.reason, f.message, f.total FROM unnest($1::uuid[]) AS n (id)
     CROSS JOIN LATERAL (
       SELECT key, reason, message, (count(*) OVER ())::integer AS total FROM fault WHERE node_id = n.id
       ORDER BY key LIMIT ${MOST_FAULTS}) f`,
    [nodeIds],
  );
}

/** Whose the Ethernet addresses are that directors heard strangers by. */
async function readCards(
  manager: EntityManager,
  statuses: readonly NodeStatusRow[],
): Promise<ReadonlyMap<string, string>> {
  const heard = statuses.flatMap(({ segment }) => (segment?.strangers ?? []).map(({ mac }) => mac));
  if (heard.length === 0) return new Map();
  const rows: { mac: string; name: string }[] = await manager.query(
    `SELECT i->>'mac' AS mac, min(n.name) AS name FROM node n
       JOIN node_status s ON s.node_id = n.id AND s.host IS NOT NULL, jsonb_array_elements(s.host->'interfaces') AS i
     WHERE i->>'mac' = ANY ($1::text[]) GROUP BY 1`,
    [heard],
  );
  return new Map(rows.map(({ mac, name }) => [mac, name]));
}

/**
 * A node with every document of its scope has the newest revision in force, also where that moved no document of its
 * own. With faults it is what the node itself reported, which leaves out the documents that the faults name.
 */
function revisionInForce(
  status: NodeStatusRow | null,
  faults: readonly NodeFault[],
  scopeVersion: number,
  order: CommitOrder,
): number | null {
  if (status === null || status.version === null || status.epoch !== order.epoch) return null;
  return faults.length === 0 && status.version >= scopeVersion ? order.revision : status.revision;
}
