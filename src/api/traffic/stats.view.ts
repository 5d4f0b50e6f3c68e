import { ApiProperty } from '@nestjs/swagger';
import type { StatsTold, Traffic } from '../../contract/told.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import type { DirectorSaid } from '../delivery/questions/ask-directors.js';
import { DirectorAnswerView } from './director-answer.view.js';
import { serverIds, type ServerIds } from './server-ids.js';
import { sumOf } from './sum-traffic.js';

/** Packets from clients. Answers go to the clients directly, so that no director sees them. */
export class TrafficView {
  @ApiProperty({ type: 'integer', description: 'Since the director put the service in its kernel.' })
  packets: number;

  @ApiProperty({ type: 'integer', description: 'Of these packets, with their IP headers.' })
  bytes: number;

  @ApiProperty({ type: 'integer', description: 'Over the last seconds, rounded.' })
  packetsPerSecond: number;

  @ApiProperty({ type: 'integer', description: 'Over the last seconds, rounded.' })
  bytesPerSecond: number;

  @ApiProperty({ type: 'integer', description: 'Remembered now.' })
  flows: number;

  static of({ packets, bytes, packetsPerSecond, bytesPerSecond, flows }: Traffic): TrafficView {
    return {
      packets,
      bytes,
      packetsPerSecond: Math.round(packetsPerSecond),
      bytesPerSecond: Math.round(bytesPerSecond),
      flows,
    };
  }
}

export class ServerTrafficView extends TrafficView {
  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'Null where the real server was deleted and is drained.',
  })
  realServerId: string | null;

  @ApiProperty({ example: '192.0.2.11' })
  address: string;
}

export class StatsOfDirectorView {
  @ApiProperty({ type: 'integer', description: 'Milliseconds that the rates are measured over.' })
  rateOverMs: number;

  @ApiProperty({
    description:
      'False: there are so many flows that not all were counted in time; there are at least so many.',
  })
  flowsComplete: boolean;

  @ApiProperty({ type: () => TrafficView })
  service: TrafficView;

  @ApiProperty({ type: () => [ServerTrafficView], description: 'Those that this director sends packets to.' })
  realServers: ServerTrafficView[];

  static of(told: StatsTold, ids: ServerIds): StatsOfDirectorView {
    return {
      rateOverMs: told.overMs,
      flowsComplete: told.flowsComplete,
      service: TrafficView.of(told.service),
      realServers: told.servers.map(({ number, address, ...traffic }) => ({
        realServerId: ids.get(number) ?? null,
        address,
        ...TrafficView.of(traffic),
      })),
    };
  }
}

export class DirectorStatsView extends DirectorAnswerView {
  @ApiProperty({ type: () => StatsOfDirectorView, nullable: true })
  stats: StatsOfDirectorView | null;
}

/** What goes through a virtual service: the sum over the directors that answered, and what each of them says. */
export class StatsView {
  @ApiProperty({ description: 'Every director has answered, and counted all flows.' })
  complete: boolean;

  @ApiProperty({ type: () => TrafficView })
  service: TrafficView;

  @ApiProperty({ type: () => [ServerTrafficView] })
  realServers: ServerTrafficView[];

  @ApiProperty({ type: () => [DirectorStatsView], description: 'By name.' })
  directors: DirectorStatsView[];

  static of(service: VirtualService, said: readonly DirectorSaid<StatsTold>[]): StatsView {
    const ids = serverIds(service);
    const sum = sumOf(said.flatMap(({ told }) => told ?? []));
    const { service: whole, realServers } = StatsOfDirectorView.of(sum, ids);
    return {
      complete: said.every(({ told }) => told?.flowsComplete === true),
      service: whole,
      realServers,
      directors: said.map((each) => ({
        ...DirectorAnswerView.headOf(each),
        stats: each.told === null ? null : StatsOfDirectorView.of(each.told, ids),
      })),
    };
  }
}
