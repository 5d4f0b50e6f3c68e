/** What several directors say of one service, together. Pure. */
import type { ServerTraffic, StatsTold, Traffic } from '../../contract/told.js';

export function sumOf(told: readonly StatsTold[]): StatsTold {
  const servers = new Map<number, ServerTraffic>();
  for (const server of told.flatMap((each) => each.servers)) {
    servers.set(server.number, { ...server, ...added(servers.get(server.number) ?? NONE, server) });
  }
  return {
    kind: 'stats',
    overMs: Math.max(0, ...told.map(({ overMs }) => overMs)),
    flowsComplete: told.every(({ flowsComplete }) => flowsComplete),
    service: told.map(({ service }) => service).reduce(added, NONE),
    servers: [...servers.values()],
  };
}

const NONE: Traffic = { packets: 0, bytes: 0, packetsPerSecond: 0, bytesPerSecond: 0, flows: 0 };

function added(a: Traffic, b: Traffic): Traffic {
  return {
    packets: a.packets + b.packets,
    bytes: a.bytes + b.bytes,
    packetsPerSecond: a.packetsPerSecond + b.packetsPerSecond,
    bytesPerSecond: a.bytesPerSecond + b.bytesPerSecond,
    flows: a.flows + b.flows,
  };
}
