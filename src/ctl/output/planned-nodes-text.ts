/** What a plan says of nodes, for people: the commands of directors and of hosts, and the connections that would move. Pure. */
import { leftOut } from './left-out.js';

export interface PlannedNodes {
  readonly directors: readonly {
    readonly name: string;
    readonly chains: readonly string[];
    readonly commands: readonly string[];
    readonly later: readonly string[];
    readonly notes: readonly string[];
    readonly servicesLeftOut: number;
  }[];
  readonly hosts: readonly {
    readonly name: string;
    readonly linux: readonly string[];
    readonly windows: readonly string[];
    readonly notes: readonly string[];
    readonly vipsLeftOut: number;
  }[];
  readonly hostsLeftOut: number;
  readonly flows: readonly PlannedFlows[];
  readonly flowsLeftOut: number;
}

interface PlannedFlows {
  readonly virtualServiceId: string;
  readonly newConnections: {
    readonly movedPercent: number;
    readonly movedOfStayingPercent: number | null;
  } | null;
  readonly drained: number | null;
  readonly broken: number | null;
  readonly note: string | null;
}

/** Lines without an indent. */
export function plannedNodesLines(nodes: PlannedNodes): string[] {
  const { directors, hosts, hostsLeftOut, flows, flowsLeftOut } = nodes;
  return [
    ...directors.flatMap(directorLines),
    ...hosts.flatMap(hostLines),
    ...leftOut(hostsLeftOut, 'hosts'),
    ...flows.map(flowsLine),
    ...leftOut(flowsLeftOut, 'connections of services'),
  ];
}

function directorLines(director: PlannedNodes['directors'][number]): string[] {
  const { name, chains, commands, later, notes, servicesLeftOut } = director;
  return [
    `Director ${name}:`,
    ...part('nft', [...chains, ...commands]),
    ...part('nft, when hosts and health allow it', later),
    ...indented([...notes, ...leftOut(servicesLeftOut, 'services')]),
  ];
}

function hostLines({ name, linux, windows, notes, vipsLeftOut }: PlannedNodes['hosts'][number]): string[] {
  return [
    `Real server ${name}:`,
    ...part('Linux', linux),
    ...part('Windows', windows),
    ...indented([...notes, ...leftOut(vipsLeftOut, 'VIPs')]),
  ];
}

function flowsLine({ virtualServiceId, newConnections, drained, broken, note }: PlannedFlows): string {
  const moved = newConnections === null ? [] : [placementText(newConnections)];
  const counted = [
    ...(drained === null ? [] : [`${drained} flows drain`]),
    ...(broken === null ? [] : [`${broken} flows break`]),
  ];
  return `Connections of ${virtualServiceId}: ${[...moved, ...counted, ...(note === null ? [] : [note])].join('; ')}`;
}

function placementText({
  movedPercent,
  movedOfStayingPercent,
}: NonNullable<PlannedFlows['newConnections']>): string {
  const ofStaying =
    movedOfStayingPercent === null ? '' : ` (${movedOfStayingPercent} % of those that could stay)`;
  return `${movedPercent} % of new ones go to another real server${ofStaying}`;
}

function part(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : indented([`${title}:`, ...indented(lines)]);
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
