import { ApiProperty } from '@nestjs/swagger';
import { PageView } from '../http/page.view.js';
import type { Capabilities } from '../../contract/capabilities.js';
import { ConditionView } from '../http/status.view.js';
import { SegmentView } from './segment.view.js';
import { NODE_STATES, type NodeState } from './node-state.js';
import type { NodeWithStatus } from './read-nodes.js';

/** A network interface as a node reported it. */
export class InterfaceView {
  @ApiProperty({ example: 'eth0' })
  name: string;

  @ApiProperty({ example: '02:00:00:00:00:aa' })
  mac: string;

  @ApiProperty()
  up: boolean;

  @ApiProperty({ type: 'integer', example: 1500 })
  mtu: number;

  @ApiProperty({ type: [String], example: ['192.0.2.10/24'] })
  addresses: readonly string[];
}

/** A document that a node could not put in force. */
export class FaultView {
  @ApiProperty({ description: 'Id of the virtual service for a director, the VIP for an agent.' })
  key: string;

  @ApiProperty()
  reason: string;

  @ApiProperty()
  message: string;
}

/** Something on a host that was as it shall be, and that somebody else undid. */
export class DriftView {
  @ApiProperty({ example: 'net.ipv4.conf.all.arp_ignore' })
  thing: string;

  @ApiProperty({ example: '0' })
  found: string;

  @ApiProperty({ example: '1' })
  wanted: string;

  @ApiProperty({ format: 'date-time', description: "By the node's clock." })
  firstAt: string;

  @ApiProperty({ format: 'date-time', description: "By the node's clock." })
  lastAt: string;

  @ApiProperty({ type: 'integer', description: 'How often it was found undone since `firstAt`.' })
  count: number;

  @ApiProperty({ description: 'It is as it shall be again.' })
  repaired: boolean;
}

/** What was undone on a host. */
export class HostDriftView {
  @ApiProperty({
    type: 'integer',
    description: 'How often anything was undone since the engine or agent started.',
  })
  total: number;

  @ApiProperty({ type: () => [DriftView], description: 'The things that were undone last, newest first.' })
  latest: DriftView[];
}

/** A director or an agent, and the last that it said of itself. */
export class NodeView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'web-1' })
  name: string;

  @ApiProperty({ enum: ['director', 'agent'], enumName: 'NodeRole' })
  role: 'director' | 'agent';

  @ApiProperty({ type: [String], example: ['192.0.2.11'] })
  addresses: string[];

  @ApiProperty({
    enum: NODE_STATES,
    enumName: 'NodeState',
    description:
      '`leaving`: the agent is being taken off its host, and directors may still send packets there. `left`: none does any more, and the node can be deleted.',
  })
  state: NodeState;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  joinedAt: string | null;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  lastSeenAt: string | null;

  @ApiProperty({
    type: 'integer',
    example: 3,
    description:
      'The newest that has changed the node itself: made, joined, or given a new join token. For `If-Match`.',
  })
  revision: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description:
      'Newest revision that the node has in force, but for the documents that `faults` names; null before its first report.',
  })
  revisionInForce: number | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'nftables 1.0.6',
    description: 'Forwarding engine of a director.',
  })
  engine: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: '00c0ffee00c0ffee',
    description:
      'Over all slot tables in force: equal on two directors whose new flows go to equal servers. Condition `TablesAgree` compares them.',
  })
  tableDigest: string | null;

  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description: 'What the engine can enforce.',
  })
  capabilities: Capabilities | null;

  @ApiProperty({ type: () => [InterfaceView] })
  interfaces: InterfaceView[];

  @ApiProperty({ type: [String], example: ['192.0.2.1'] })
  gateways: readonly string[];

  @ApiProperty({ type: () => [ConditionView] })
  conditions: ConditionView[];

  @ApiProperty({ type: () => [FaultView], description: 'The first 100, by key.' })
  faults: FaultView[];

  @ApiProperty({ type: 'integer', description: 'Of all faults, also of those that are not listed.' })
  faultCount: number;

  @ApiProperty({
    type: () => HostDriftView,
    nullable: true,
    description: 'What somebody undid on the host; null before the first report.',
  })
  drift: HostDriftView | null;

  @ApiProperty({
    type: () => SegmentView,
    nullable: true,
    description: 'Null for an agent, and for a director that has nothing to tell.',
  })
  segment: SegmentView | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static of({
    node,
    addresses,
    status,
    faults,
    faultCount,
    state,
    revision,
    revisionInForce,
    tables,
    cards,
  }: NodeWithStatus): NodeView {
    const { id, name, role, joinedAt, createdAt } = node;
    return {
      id,
      name,
      role,
      addresses,
      state,
      joinedAt: joinedAt?.toISOString() ?? null,
      lastSeenAt: status?.lastSeenAt.toISOString() ?? null,
      revision,
      revisionInForce,
      ...engineOf(status),
      capabilities: status?.capabilities ?? null,
      interfaces: [...(status?.host?.interfaces ?? [])],
      gateways: status?.host?.gateways ?? [],
      conditions: conditionsOf(status, tables, revisionInForce),
      faults: faults.map(({ key, reason, message }) => ({ key, reason, message })),
      faultCount,
      drift: status?.drift ? { ...status.drift, latest: [...status.drift.latest] } : null,
      segment: SegmentView.of(status?.segment, cards),
      createdAt: createdAt.toISOString(),
    };
  }
}

function engineOf(status: NodeWithStatus['status']): Pick<NodeView, 'engine' | 'tableDigest'> {
  const { driver, version, tableDigest = null } = status?.engine ?? {};
  return { engine: driver === undefined ? null : `${driver} ${version}`, tableDigest };
}

function conditionsOf(
  status: NodeWithStatus['status'],
  tables: NodeWithStatus['tables'],
  observedRevision: number | null,
): ConditionView[] {
  const compared = tables === null ? [] : [{ ...tables, lastTransitionAt: null }];
  return [...(status?.conditions ?? []), ...compared].map((each) => ({ ...each, observedRevision }));
}

/** A page of nodes, oldest first. */
export class NodePageView extends PageView {
  @ApiProperty({ type: () => [NodeView] })
  items: NodeView[];
}
