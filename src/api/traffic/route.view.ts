import { ApiProperty } from '@nestjs/swagger';
import { ROUTE_REASONS, type RouteReason, type RouteTold } from '../../contract/told.js';
import type { DirectorSaid } from '../delivery/questions/ask-directors.js';
import { DirectorAnswerView } from './director-answer.view.js';
import type { ServerIds } from './server-ids.js';

/** In words, why a packet goes where it goes. */
const EXPLANATIONS: Readonly<Record<RouteReason, string>> = {
  established: 'The flow is remembered: it has carried data, and stays on its real server.',
  pending: 'The flow is remembered: it is in its handshake, or waits for its first data.',
  claimed: 'The flow is remembered: it is closing, or was not seen to begin.',
  datagrams: 'The flow is remembered: datagrams from this address and port have come lately.',
  persistence: 'Nothing is remembered of this flow, but of its source: it stays on its real server.',
  slot: 'Nothing is remembered of this flow, so the slot that it hashes to names the real server.',
  turn: 'Nothing is remembered of this flow, so the real server whose turn it is gets it.',
  'no-server': 'No real server takes new flows: the packet goes nowhere.',
};

export class RouteOfDirectorView {
  @ApiProperty({ enum: ROUTE_REASONS, enumName: 'RouteReason', example: 'slot' })
  reason: RouteReason;

  @ApiProperty({ description: 'The reason in words.', example: EXPLANATIONS.slot })
  explanation: string;

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description:
      'The real server; null where there is none, where the next in turn gets it, or where it was deleted and lives on in its flows.',
  })
  realServerId: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: '192.0.2.11', description: 'Its address.' })
  address: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 17,
    description:
      'The slot that the flow hashes to, whatever decides; the same on every director. Null with round-robin.',
  })
  slot: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Until the flow, or the source, is forgotten; null where none is remembered.',
  })
  expiresInSeconds: number | null;

  static of(told: RouteTold, ids: ServerIds): RouteOfDirectorView {
    const { reason, server, address, slot, expiresInMs } = told;
    return {
      reason,
      explanation: EXPLANATIONS[reason],
      realServerId: server === null ? null : (ids.get(server) ?? null),
      address,
      slot,
      expiresInSeconds: expiresInMs === null ? null : Math.ceil(expiresInMs / 1_000),
    };
  }
}

export class DirectorRouteView extends DirectorAnswerView {
  @ApiProperty({ type: () => RouteOfDirectorView, nullable: true })
  route: RouteOfDirectorView | null;

  static of(said: DirectorSaid<RouteTold>, ids: ServerIds): DirectorRouteView {
    const route = said.told === null ? null : RouteOfDirectorView.of(said.told, ids);
    return { ...DirectorAnswerView.headOf(said), route };
  }
}

/** Where a packet would go now. */
export class RouteView {
  @ApiProperty({ example: '198.51.100.10' })
  source: string;

  @ApiProperty({ type: 'integer', example: 40_000 })
  sourcePort: number;

  @ApiProperty({
    type: () => [DirectorRouteView],
    description: 'By name. Flows are remembered by the director that saw their packets, so they may differ.',
  })
  directors: DirectorRouteView[];
}
