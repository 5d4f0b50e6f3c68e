import { ApiProperty } from '@nestjs/swagger';
import type { ReportedSegment } from '../../contract/report.js';

/** Somebody who speaks in the name of a VIP and is no director. */
export class StrangerView {
  @ApiProperty({ example: '192.0.2.200' })
  vip: string;

  @ApiProperty({ example: '02:00:00:00:00:ee' })
  mac: string;

  @ApiProperty({ type: 'integer', description: 'How often it was heard since the director started.' })
  count: number;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'web-1',
    description:
      'Name of the node that has an interface with this Ethernet address; null: of none that is known.',
  })
  node: string | null;
}

/** A real server that a director does not find on its segment as it should. */
export class NeighbourView {
  @ApiProperty({ example: '192.0.2.11' })
  address: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'By which it was heard last.' })
  mac: string | null;

  @ApiProperty({ example: 'NotHeard' })
  reason: string;

  @ApiProperty()
  message: string;
}

/** What a director hears on its segments that is not as it should be. */
export class SegmentView {
  @ApiProperty({ type: () => [StrangerView] })
  strangers: StrangerView[];

  @ApiProperty({ type: () => [NeighbourView] })
  neighbours: NeighbourView[];

  @ApiProperty({
    type: 'integer',
    description: 'How often it put right where a real server is, since it started.',
  })
  repairs: number;

  /** `cards`: names of nodes by Ethernet address. */
  static of(
    segment: ReportedSegment | null | undefined,
    cards: ReadonlyMap<string, string>,
  ): SegmentView | null {
    if (!segment) return null;
    const { strangers, neighbours, repairs } = segment;
    return {
      strangers: strangers.map((stranger) => ({ ...stranger, node: cards.get(stranger.mac) ?? null })),
      neighbours: [...neighbours],
      repairs,
    };
  }
}
