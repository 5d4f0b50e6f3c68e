import { describe, expect, it } from 'vitest';
import { claimsOf, replyBytes } from './evidence.js';
import { followConnection, showsDirectReturn, tableLines, type Question } from './frame-table.js';
import type { Frame, NeighbourFrame, TcpFrame } from './frame.js';

const VIP = '192.0.2.200';
const CLIENT = '198.51.100.10';
const [ROUTER, DIRECTOR, SERVER] = ['02:00:00:00:00:01', '02:00:00:00:00:aa', '02:00:00:00:00:bb'];

function request(fromMac: string, toMac: string): TcpFrame {
  const ports = { sourcePort: 40_000, destinationPort: 80 };
  const ends = { source: CLIENT, destination: VIP, family: 'ipv4' as const };
  return { kind: 'tcp', fromMac, toMac, length: 74, opens: true, ...ends, ...ports };
}

function reply(fromMac: string, toMac: string, length = 74): TcpFrame {
  const ports = { sourcePort: 80, destinationPort: 40_000 };
  const ends = { source: VIP, destination: CLIENT, family: 'ipv4' as const };
  return { kind: 'tcp', fromMac, toMac, length, opens: false, ...ends, ...ports };
}

function question(atRouter: Frame): Question {
  const toServer = request(DIRECTOR, SERVER);
  return {
    family: 'ipv4',
    vip: VIP,
    port: 80,
    directorMac: DIRECTOR,
    director: { name: 'director eth0', frames: [request(ROUTER, DIRECTOR), toServer] },
    realServers: [
      { name: 'two eth0', frames: [] },
      { name: 'one eth0', frames: [toServer, reply(SERVER, ROUTER)] },
    ],
    router: { name: 'router eth1', frames: [request(ROUTER, DIRECTOR), atRouter] },
  };
}

describe('the table of Direct return', () => {
  it('is read hop by hop from the frames of one connection', () => {
    const hops = followConnection(question(reply(SERVER, ROUTER)));
    expect(hops.map((hop) => [hop.source, hop.destination, hop.direction, hop.mac, hop.capturedAt])).toEqual([
      [CLIENT, VIP, 'to', DIRECTOR, 'director eth0'],
      [CLIENT, VIP, 'to', SERVER, 'one eth0'],
      [VIP, CLIENT, 'from', SERVER, 'router eth1'],
    ]);
    expect(showsDirectReturn(hops)).toBe(true);
    expect(tableLines(hops, () => 'somebody')[4]).toMatch(/^real server to client +192\.0\.2\.200 +198\.51/);
  });

  it('does not show Direct return when the reply comes from the director', () => {
    expect(showsDirectReturn(followConnection(question(reply(DIRECTOR, ROUTER))))).toBe(false);
  });

  it('is refused when a hop was not captured', () => {
    expect(() => followConnection(question(request(ROUTER, DIRECTOR)))).toThrow('no ipv4 reply');
  });
});

describe('the bytes of replies', () => {
  it('are those that come from the VIP and the port of the service, and no others', () => {
    const frames = [request(ROUTER, DIRECTOR), reply(SERVER, ROUTER, 1_000), reply(SERVER, ROUTER, 500)];
    expect(replyBytes(frames, [VIP], 80)).toBe(1_500);
    expect(replyBytes(frames, ['192.0.2.201'], 80)).toBe(0);
    expect(replyBytes(frames, [VIP], 81)).toBe(0);
  });
});

describe('the claims on a VIP', () => {
  const asked = (claims: string, fromMac: string): NeighbourFrame => ({
    kind: 'question',
    family: 'ipv4',
    fromMac,
    toMac: 'ff:ff:ff:ff:ff:ff',
    length: 42,
    target: VIP,
    claims,
  });

  it('are made by answers', () => {
    const answer: NeighbourFrame = { ...asked(VIP, DIRECTOR), kind: 'answer', toMac: ROUTER };
    expect(claimsOf([asked('192.0.2.1', ROUTER), answer], VIP)).toEqual({
      questions: 1,
      answers: 1,
      claimants: [DIRECTOR],
    });
  });

  it('are made, too, by a question that names the VIP as its sender', () => {
    const leak = { ...asked(VIP, SERVER), target: '192.0.2.1' };
    expect(claimsOf([leak], VIP)).toEqual({ questions: 0, answers: 0, claimants: [SERVER] });
  });
});
