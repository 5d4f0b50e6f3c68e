import { ApiProperty } from '@nestjs/swagger';
import type { NodeInForce, ServerInTree, StatusTree } from '../../domain/status-tree.js';
import { StatusView } from '../http/status.view.js';

/** A director or an agent, and what it has of the virtual service. */
export class NodeInForceView {
  @ApiProperty({ format: 'uuid', description: 'Of the node.' })
  id: string;

  @ApiProperty({ example: 'lb-1' })
  name: string;

  @ApiProperty({ description: 'False: it has missed several reports in a row.' })
  connected: boolean;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  lastSeenAt: string | null;

  @ApiProperty({ enum: ['pending', 'in-sync', 'failed'], enumName: 'Provisioning' })
  provisioning: NodeInForce['provisioning'];

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description:
      'Revision of the virtual service that it has in force. Null: none, or nobody knows which, as with a fault.',
  })
  revisionInForce: number | null;

  @ApiProperty({ example: 'NotConfirmed', description: 'Why it is so, for programs.' })
  reason: string;

  @ApiProperty({
    example: 'lb-1 has not confirmed it yet.',
    description: 'Why it is so, and what to do about it, for people.',
  })
  message: string;

  static of({ nodeId, lastSeenAt, ...node }: NodeInForce): NodeInForceView {
    const { name, connected, provisioning, revisionInForce, reason, message } = node;
    const seen = { lastSeenAt: lastSeenAt?.toISOString() ?? null };
    return { id: nodeId, name, connected, ...seen, provisioning, revisionInForce, reason, message };
  }
}

/** A real server in the tree. */
export class ServerStatusView {
  @ApiProperty({ format: 'uuid', description: 'Of the real server.' })
  id: string;

  @ApiProperty({ example: '192.0.2.11' })
  address: string;

  @ApiProperty({ type: () => StatusView })
  status: StatusView;

  @ApiProperty({
    type: () => NodeInForceView,
    nullable: true,
    description: 'Null: no agent is known for its address.',
  })
  agent: NodeInForceView | null;

  static of({ server: { id, address }, status, agent }: ServerInTree): ServerStatusView {
    return {
      id,
      address,
      status: StatusView.of(status),
      agent: agent === null ? null : NodeInForceView.of(agent),
    };
  }
}

/** What is in force of a virtual service, and where. */
export class StatusTreeView {
  @ApiProperty({ format: 'uuid', description: 'Of the virtual service.' })
  id: string;

  @ApiProperty({ example: 'shop' })
  name: string;

  @ApiProperty({ type: 'integer', description: 'The revision that all of these nodes shall have in force.' })
  revision: number;

  @ApiProperty({ type: () => StatusView })
  status: StatusView;

  @ApiProperty({ type: () => [NodeInForceView], description: 'Every director, by name.' })
  directors: NodeInForceView[];

  @ApiProperty({ type: () => [ServerStatusView], description: 'Oldest first.' })
  realServers: ServerStatusView[];

  static of({ service, status, directors, servers }: StatusTree): StatusTreeView {
    const { id, name, revision } = service;
    return {
      id,
      name,
      revision,
      status: StatusView.of(status),
      directors: directors.map((one) => NodeInForceView.of(one)),
      realServers: servers.map((one) => ServerStatusView.of(one)),
    };
  }
}
