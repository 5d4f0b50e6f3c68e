/**
 * Looks at nodes that have reported, or fell silent, since they were looked at last, makes events of what has changed, and
 * says which services that may concern. Of all others it reads no more than a number.
 */
import { createHash } from 'node:crypto';
import { In, type EntityManager } from 'typeorm';
import { LONG_AWAY_MINUTES } from '../../../domain/silence-on-segment.js';
import { DIRECTORS_SCOPE } from '../../delivery/publish/write-documents.js';
import { isConnected } from '../../nodes/is-connected.js';
import type { NodeState } from '../../nodes/node-state.js';
import { compareTables, readTables } from '../../nodes/read-tables.js';
import { nodeState, readHolding } from '../../nodes/state-of-nodes.js';
import { NodeStatusRow } from '../../store/rows/node-status.row.js';
import { NodeRow } from '../../store/rows/node.row.js';
import type { Confirmed } from './due-services.js';
import { isSameNode, nodeChanges, reachOf, toldNode, type SeenNode, type ToldNode } from './node-changes.js';
import type { Draft } from './store-events.js';

/** By node, what its glance was when it was looked at; kept by this process to look again only where there is something new. */
export type Glances = ReadonlyMap<string, string>;

interface Glance {
  readonly id: string;
  readonly role: NodeRow['role'];
  readonly joinedAt: Date | null;
  readonly sequence: number | null;
  readonly lastSeenAt: Date | null;
}

const GLANCE = `
  SELECT n.id, n.role, n.joined_at AS "joinedAt", s.sequence::float8 AS sequence, s.last_seen_at AS "lastSeenAt"
  FROM node n LEFT JOIN node_status s ON s.node_id = n.id`;

const READ = 'SELECT node_id AS "nodeId", told FROM told_node WHERE node_id = ANY ($1::uuid[])';

const KEEP = `
  INSERT INTO told_node (node_id, told)
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS w ("nodeId" uuid, told jsonb)
  ON CONFLICT (node_id) DO UPDATE SET told = excluded.told`;

/** Few of them, each read by its key. */
const FORGET = `
  DELETE FROM told_node t WHERE NOT EXISTS (SELECT 1 FROM node n WHERE n.id = t.node_id)`;

export interface NodesLookedAt {
  readonly glances: Glances;
  readonly drafts: readonly Draft[];
  /** Agents, all of whose services may be concerned. */
  readonly hosts: readonly string[];
  readonly confirmed: readonly Confirmed[];
  /** All services may be concerned. */
  readonly everywhere: boolean;
}

/** Of a turn that looks at none. */
export const NO_NODES: Omit<NodesLookedAt, 'glances'> = {
  drafts: [],
  hosts: [],
  confirmed: [],
  everywhere: false,
};

/** @param beganAt a node that is older, and was never looked at, begins in silence. */
export async function lookAtNodes(
  manager: EntityManager,
  known: Glances,
  beganAt: Date,
): Promise<NodesLookedAt> {
  const nodes: Glance[] = await manager.query(GLANCE);
  const glances = new Map(nodes.map((node) => [node.id, glanceOf(node)]));
  const moved = withFellows(nodes, ({ id }) => glances.get(id) !== known.get(id));
  const isForgotten = [...known.keys()].some((id) => !glances.has(id));
  if (isForgotten) await manager.query(FORGET);
  const looked = await lookAt(manager, moved, beganAt);
  return { glances, ...looked };
}

function glanceOf({ joinedAt, sequence, lastSeenAt }: Glance): string {
  return `${joinedAt?.getTime()} ${sequence} ${lastSeenAt !== null} ${presence(lastSeenAt)}`;
}

function presence(lastSeenAt: Date | null): string {
  if (isConnected(lastSeenAt)) return 'here';
  const isLongAway = lastSeenAt === null || Date.now() - lastSeenAt.getTime() > LONG_AWAY_MINUTES * 60_000;
  return isLongAway ? 'long away' : 'away';
}

/** A director's tables are held against those of the others. */
function withFellows(nodes: readonly Glance[], isMoved: (node: Glance) => boolean): string[] {
  const directorMoved = nodes.some((node) => node.role === 'director' && isMoved(node));
  return nodes
    .filter((node) => isMoved(node) || (directorMoved && node.role === 'director'))
    .map(({ id }) => id);
}

async function lookAt(
  manager: EntityManager,
  ids: readonly string[],
  beganAt: Date,
): Promise<Omit<NodesLookedAt, 'glances'>> {
  if (ids.length === 0) return NO_NODES;
  const nodes = await manager.findBy(NodeRow, { id: In([...ids]) });
  const told = await readTold(manager, ids);
  const seen = await readSeen(manager, nodes);
  const looked = nodes.map((node) => compare(node, told.get(node.id) ?? null, seen(node), beganAt));
  const kept = looked.flatMap((one) => one.kept);
  if (kept.length > 0) await manager.query(KEEP, [JSON.stringify(kept)]);
  return {
    drafts: looked.flatMap(({ drafts }) => drafts),
    hosts: looked.flatMap(({ node, reach }) => (node.role === 'agent' && reach === 'all' ? [node.id] : [])),
    confirmed: looked.flatMap(({ node, reach }) =>
      typeof reach === 'string'
        ? []
        : [{ scope: node.role === 'director' ? DIRECTORS_SCOPE : node.id, ...reach }],
    ),
    everywhere: looked.some(({ node, reach }) => node.role === 'director' && reach === 'all'),
  };
}

async function readTold(
  manager: EntityManager,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ToldNode>> {
  const rows = await manager.query<{ nodeId: string; told: ToldNode }[]>(READ, [ids]);
  return new Map(rows.map(({ nodeId, told }) => [nodeId, told]));
}

async function readSeen(
  manager: EntityManager,
  nodes: readonly NodeRow[],
): Promise<(node: NodeRow) => SeenNode> {
  const statuses = await manager.findBy(NodeStatusRow, { nodeId: In(nodes.map(({ id }) => id)) });
  const byNode = new Map(statuses.map((status) => [status.nodeId, status]));
  const [holding, tables] = await Promise.all([readHolding(manager, statuses), readTables(manager, nodes)]);
  return (node) => {
    const status = byNode.get(node.id) ?? null;
    const compared = compareTables(node.id, tables);
    const reported = status?.conditions ?? [];
    return {
      state: stateOf(node, status, holding),
      conditions: compared === null ? reported : [...reported, { ...compared, lastTransitionAt: null }],
      drift: status?.drift ?? null,
      lastSeenAt: status?.lastSeenAt ?? null,
      epoch: status?.epoch ?? null,
      version: status?.version ?? null,
      rest: restOf(node, status),
    };
  };
}

/** One that has joined and was not heard yet is not lost. */
function stateOf(node: NodeRow, status: NodeStatusRow | null, holding: ReadonlySet<string>): NodeState {
  return status === null ? 'waiting-to-join' : nodeState(node, status, holding);
}

function restOf({ joinedAt }: NodeRow, status: NodeStatusRow | null): string {
  const hostConditions = status?.conditions.map(({ type, status: is, reason }) => [type, is, reason]);
  const all = [joinedAt, status?.host, status?.leaving, presence(status?.lastSeenAt ?? null), hostConditions];
  return createHash('sha1').update(JSON.stringify(all)).digest('base64url');
}

interface Compared {
  readonly node: NodeRow;
  readonly drafts: readonly Draft[];
  readonly kept: readonly { readonly nodeId: string; readonly told: ToldNode }[];
  readonly reach: ReturnType<typeof reachOf>;
}

function compare(node: NodeRow, before: ToldNode | null, seen: SeenNode, beganAt: Date): Compared {
  const { id: nodeId, name, createdAt } = node;
  const isSilent = before === null && createdAt < beganAt;
  const about = { objectType: 'node', objectId: nodeId, virtualServiceId: null, name, tags: {} } as const;
  const told = toldNode(seen);
  return {
    node,
    drafts: isSilent ? [] : nodeChanges(before, seen).map((change) => ({ ...about, ...change })),
    kept: isSameNode(before, told) ? [] : [{ nodeId, told }],
    reach: reachOf(before, seen),
  };
}
