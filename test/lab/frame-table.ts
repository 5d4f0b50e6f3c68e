/**
 * Follows one connection over the captures at each hop and writes the table of Direct return from it: who sent what to
 * whom, and by which Ethernet address. Pure. It takes every cell from a captured frame and none from what should be;
 * a hop that was not captured is an error.
 */
import type { Family, Frame, TcpFrame } from './frame.js';

export interface Place {
  /** For people, `director eth0`. */
  readonly name: string;
  readonly frames: readonly Frame[];
}

export interface Hop {
  readonly step: string;
  readonly capturedAt: string;
  readonly source: string;
  readonly destination: string;
  readonly direction: 'to' | 'from';
  readonly mac: string;
}

export interface Question {
  readonly family: Family;
  readonly vip: string;
  readonly port: number;
  /** Ethernet address of the director's interface. */
  readonly directorMac: string;
  readonly director: Place;
  readonly realServers: readonly Place[];
  readonly router: Place;
}

/** The three hops of the first connection that the director saw begin. */
export function followConnection(question: Question): readonly Hop[] {
  const { director, realServers, router } = question;
  const first = director.frames.find(
    (frame) => opensService(frame, question) && frame.toMac === question.directorMac,
  );
  if (first?.kind !== 'tcp')
    throw new Error(`no ${question.family} connection was captured at ${director.name}`);
  const [request, server] = arrival(realServers, first, question.directorMac);
  const reply = router.frames.find((frame) => isReplyTo(frame, first));
  if (reply?.kind !== 'tcp') throw new Error(`no ${question.family} reply was captured at ${router.name}`);
  return [
    hop('client to director', director, first, 'to'),
    hop('director to real server', server, request, 'to'),
    hop('real server to client', router, reply, 'from'),
  ];
}

/** True when the addresses stay as they are on every hop and the real server answers by itself. */
export function showsDirectReturn(hops: readonly Hop[]): boolean {
  const [toDirector, toServer, toClient] = hops;
  if (toDirector === undefined || toServer === undefined || toClient === undefined) return false;
  return (
    toServer.source === toDirector.source &&
    toServer.destination === toDirector.destination &&
    toClient.source === toDirector.destination &&
    toClient.destination === toDirector.source &&
    toServer.mac !== toDirector.mac &&
    toClient.mac === toServer.mac
  );
}

export function tableLines(hops: readonly Hop[], ownerOf: (mac: string) => string): readonly string[] {
  const head = ['step', 'source IP', 'destination IP', 'Ethernet', 'captured at'];
  const rows = hops.map((each) => [
    each.step,
    each.source,
    each.destination,
    `${each.direction.padEnd(4)} ${each.mac} (${ownerOf(each.mac)})`,
    each.capturedAt,
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)];
}

function opensService(frame: Frame, { family, vip, port }: Question): boolean {
  return (
    frame.kind === 'tcp' &&
    frame.opens &&
    frame.family === family &&
    frame.destination === vip &&
    frame.destinationPort === port
  );
}

/** The same packet at the one real server that it was sent on to. */
function arrival(realServers: readonly Place[], first: TcpFrame, directorMac: string): [TcpFrame, Place] {
  for (const place of realServers) {
    const frame = place.frames.find((each) => isSameFlow(each, first) && each.toMac !== directorMac);
    if (frame?.kind === 'tcp') return [frame, place];
  }
  throw new Error(`the connection from port ${first.sourcePort} was captured at no real server`);
}

function isSameFlow(frame: Frame, first: TcpFrame): boolean {
  return (
    frame.kind === 'tcp' &&
    frame.destination === first.destination &&
    frame.destinationPort === first.destinationPort &&
    frame.sourcePort === first.sourcePort
  );
}

function isReplyTo(frame: Frame, first: TcpFrame): boolean {
  return (
    frame.kind === 'tcp' &&
    frame.source === first.destination &&
    frame.sourcePort === first.destinationPort &&
    frame.destinationPort === first.sourcePort
  );
}

function hop(step: string, place: Place, frame: TcpFrame, direction: Hop['direction']): Hop {
  const { source, destination } = frame;
  const mac = direction === 'to' ? frame.toMac : frame.fromMac;
  return { step, capturedAt: place.name, source, destination, direction, mac };
}
