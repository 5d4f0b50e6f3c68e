import { ApiProperty } from '@nestjs/swagger';
import { FLOW_STATES, type FlowState, type FlowTold } from '../../contract/told.js';
import type { Director } from '../delivery/questions/ask-directors.js';
import { PageView } from '../http/page.view.js';
import { DirectorAnswerView } from './director-answer.view.js';
import type { ServerIds } from './server-ids.js';

/** A flow that a director remembers. */
export class FlowView {
  @ApiProperty({ description: 'Name of the director that remembers it.', example: 'lb-1' })
  director: string;

  @ApiProperty({
    enum: FLOW_STATES,
    enumName: 'FlowState',
    description:
      '`established`: it has carried data. `pending`: it is in its handshake, or waits for its first data. `claimed`: it ' +
      'is closing, or was not seen to begin. `datagrams`: UDP.',
  })
  state: FlowState;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: '198.51.100.10',
    description: 'Null over IPv6: a director remembers a hash of address and port in their place.',
  })
  source: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 40_000, description: 'Null over IPv6.' })
  sourcePort: number | null;

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'Null where the real server was deleted and lives on in its flows.',
  })
  realServerId: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: '192.0.2.11', description: 'Of the real server.' })
  address: string | null;

  @ApiProperty({ type: 'integer', description: 'Until it is forgotten, if no packet comes.' })
  expiresInSeconds: number;

  static of(flow: FlowTold, director: Director, ids: ServerIds): FlowView {
    const { state, source, sourcePort, server, address, expiresInMs } = flow;
    return {
      director: director.name,
      state,
      source,
      sourcePort,
      realServerId: ids.get(server) ?? null,
      address,
      expiresInSeconds: Math.ceil(expiresInMs / 1_000),
    };
  }
}

/** A page of flows: director by director, each by state and then by what it knows the client by. */
export class FlowPageView extends PageView {
  @ApiProperty({ type: () => [FlowView] })
  items: FlowView[];

  @ApiProperty({
    description:
      'False: a director has so many flows that the time was up before it had looked at all of them. Some may be ' +
      'missing here, and `total` is at least so many.',
  })
  complete: boolean;

  @ApiProperty({ type: () => [DirectorAnswerView], description: 'Those that were asked for this page.' })
  directors: DirectorAnswerView[];
}
