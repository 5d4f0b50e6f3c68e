/** What a plan says of nodes. */
import { ApiProperty } from '@nestjs/swagger';
import type { ForetoldDirector, ForetoldNodes } from './foretell-nodes.js';
import type { CountedFlows } from './ask-moved-flows.js';

const NFT_EXAMPLE = ['add element netdev homeward takers { 7 . 12 }'];

export class PlannedDirectorView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'director-a' })
  name: string;

  @ApiProperty({
    type: [String],
    description:
      'Lines for `nft -f -` that come before the commands, as a transaction of their own, where no other service has brought them.',
    example: [],
  })
  chains: readonly string[];

  @ApiProperty({
    type: [String],
    description: 'Lines for `nft -f -`: the transaction that the director would give its kernel at once.',
    example: NFT_EXAMPLE,
  })
  commands: readonly string[];

  @ApiProperty({
    type: [String],
    description:
      'The same, of what follows by itself: when hosts have proven themselves, servers have passed their checks, and drains have ended.',
    example: ['add element netdev homeward backends4.eth0 { 12 : 192.0.2.12 }'],
  })
  later: readonly string[];

  @ApiProperty({ type: [String], description: 'What only the director can tell, in words.', example: [] })
  notes: readonly string[];

  @ApiProperty({
    type: 'integer',
    description: 'Virtual services that are not told of here: too many change.',
  })
  servicesLeftOut: number;

  static of({ id, name, table }: ForetoldDirector): PlannedDirectorView {
    if (table === null) {
      const notes = ['The director has not reported its interfaces yet, so that no command can be told.'];
      return { id, name, chains: [], commands: [], later: [], notes, servicesLeftOut: 0 };
    }
    const { chains, commands, later, notes, leftOut: servicesLeftOut } = table;
    return { id, name, chains, commands, later, notes, servicesLeftOut };
  }
}

const NO_AGENT = 'There is no agent on this host: somebody has to run the set-up script there.';
const NONE_JOINED = 'No agent has joined for this address yet.';
const LETS_GO = 'A VIP leaves when no director sends packets there any more.';

export class PlannedHostView {
  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'Of the agent’s node; null where none has joined for the host.',
  })
  nodeId: string | null;

  @ApiProperty({
    example: 'web-1',
    description: 'Of the node; the address of the real server where there is none.',
  })
  name: string;

  @ApiProperty({
    type: [String],
    description: 'For a shell, where the host runs Linux.',
    example: ['ip address add 192.0.2.200/32 dev lo'],
  })
  linux: readonly string[];

  @ApiProperty({
    type: [String],
    description: 'For PowerShell, where it runs Windows; the functions are those of the set-up script.',
    example: ["Set-Vip '192.0.2.200' 32"],
  })
  windows: readonly string[];

  @ApiProperty({ type: [String], description: 'In words.', example: [] })
  notes: readonly string[];

  @ApiProperty({ type: 'integer', description: 'VIPs of this host that are not told of here.' })
  vipsLeftOut: number;

  static of(host: ForetoldNodes['hosts'][number]): PlannedHostView {
    const { nodeId, name, linux, windows, leftOut: vipsLeftOut, hasAgent, changes } = host;
    const nobody = hasAgent ? NONE_JOINED : NO_AGENT;
    const leaves = changes.some(({ after }) => after === null);
    const notes = [...(nodeId === null ? [nobody] : []), ...(leaves ? [LETS_GO] : [])];
    return { nodeId, name, linux, windows, notes, vipsLeftOut };
  }
}

class PlannedPlacementView {
  @ApiProperty({ example: 33.33, description: 'Of all new connections, percent.' })
  movedPercent: number;

  @ApiProperty({
    type: 'number',
    nullable: true,
    example: 1.56,
    description: 'Of those whose real server still takes new ones, percent; null where none does.',
  })
  movedOfStayingPercent: number | null;

  @ApiProperty({
    enum: ['slots', 'shares', 'turns'],
    enumName: 'PlacementBasis',
    description:
      '`slots`: compared slot by slot. `shares`: another part of a client’s address decides, so that this is what is to be ' +
      'expected. `turns`: servers take turns, which belong to no client; so much of their shares moves.',
  })
  by: 'slots' | 'shares' | 'turns';
}

export class PlannedFlowsView {
  @ApiProperty({ format: 'uuid' })
  virtualServiceId: string;

  @ApiProperty({
    type: () => PlannedPlacementView,
    nullable: true,
    description:
      'New connections that go to another real server than before, when all has settled; null where none was served. ' +
      'With persistence, sources that are known go on where they went.',
  })
  newConnections: PlannedPlacementView | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Established flows whose real server drains: they go on, until they or the drain end.',
  })
  drained: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Established flows that lose their real server at once. All others stay where they are.',
  })
  broken: number | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Why there is no number, or one that may be too low.',
  })
  note: string | null;

  static of({ key, placement }: ForetoldNodes['services'][number], counted: CountedFlows): PlannedFlowsView {
    const newConnections =
      placement === null
        ? null
        : {
            movedPercent: percent(placement.moved),
            movedOfStayingPercent:
              placement.movedOfStaying === null ? null : percent(placement.movedOfStaying),
            by: placement.by,
          };
    return { virtualServiceId: key, newConnections, ...counted };
  }
}

/** With two places. */
function percent(part: number): number {
  return Math.round(part * 10_000) / 100;
}

export class PlannedNodesView {
  @ApiProperty({ type: () => [PlannedDirectorView], description: 'By name.' })
  directors: readonly PlannedDirectorView[];

  @ApiProperty({ type: () => [PlannedHostView], description: 'Hosts of real servers whose VIPs change.' })
  hosts: readonly PlannedHostView[];

  @ApiProperty({ type: 'integer', description: 'Hosts that are not told of here.' })
  hostsLeftOut: number;

  @ApiProperty({ type: () => [PlannedFlowsView], description: 'Of each virtual service that changes.' })
  flows: readonly PlannedFlowsView[];

  @ApiProperty({
    type: 'integer',
    description:
      'Virtual services whose connections are not told of here: those after the first 1,000, or after so many as the time ' +
      'to place slots is enough for.',
  })
  flowsLeftOut: number;

  static of(
    { directors, hosts, hostsLeftOut, services, servicesLeftOut }: ForetoldNodes,
    counted: ReadonlyMap<string, CountedFlows>,
  ): PlannedNodesView {
    return {
      directors: directors.map((each) => PlannedDirectorView.of(each)),
      hosts: hosts.map((each) => PlannedHostView.of(each)),
      hostsLeftOut,
      flows: services.map((each) =>
        PlannedFlowsView.of(each, counted.get(each.key) ?? { drained: null, broken: null, note: null }),
      ),
      flowsLeftOut: servicesLeftOut,
    };
  }
}
