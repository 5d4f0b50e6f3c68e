/**
 * Where a packet would go now, found out the way the rules do: a flow that is remembered and whose server can be reached,
 * else the source of a service with persistence, else the slot. It looks the very elements up in the kernel, so it tells what the kernel does, not what it should do.
 */
import type { RouteQuestion } from '../../../contract/questions.js';
import type { RouteTold } from '../../../contract/told.js';
import type { CommandRunner } from '../../../platform/command-runner.js';
import { getRequest, readElements, type FoundElement } from './element-reader.js';
import { flowMaps } from './flow-maps.js';
import { connectionKey, conversationKey, numberKey, numberOf, slotOf, sourceKey } from './kernel-keys.js';
import { addressOf, familyOf, type SeenService } from './seen-service.js';

const SECONDS = 2;

type Packet = Pick<RouteQuestion, 'source' | 'sourcePort' | 'port'>;

export async function readRoute(
  commands: CommandRunner,
  seen: SeenService,
  client: Packet,
): Promise<RouteTold> {
  const { body, ground } = seen;
  const family = familyOf(seen);
  const number = numberKey(body.number);
  const flow = flowKey(seen, client);
  const slot = slotOf(client, body, ground.seed);
  const { persistence } = body;
  const source =
    persistence === undefined ? undefined : `${number}${sourceKey(client, persistence, ground.seed)}`;
  const requests = [
    ...flowMaps(body, family).map(({ map }) => getRequest(map, flow)),
    ...(source === undefined ? [] : [getRequest('sources', source)]),
    getRequest('slots', `${number}${numberKey(slot ?? 0)}`),
    ...body.servers.flatMap(({ number: server }) =>
      ground.devices.map((device) => getRequest(`backends${family}.${device}`, numberKey(server))),
    ),
  ];
  const { found } = await readElements(commands, requests, SECONDS);
  return routeOf(seen, found, slot);
}

function flowKey(seen: SeenService, packet: Packet): string {
  const { body, ground } = seen;
  const family = familyOf(seen);
  if (body.protocol === 'udp') return conversationKey(packet, body.number, family, ground.seed);
  const to = { address: body.address, port: packet.port ?? body.port };
  return connectionKey(packet, to, family, ground.seed);
}

/** @param found of what was asked for, all that is there. Pure. */
export function routeOf(seen: SeenService, found: readonly FoundElement[], slot: number | null): RouteTold {
  const reachable = new Set(
    found.filter(({ map }) => map.startsWith('backends')).map(({ key }) => numberOf(key)),
  );
  const takers = new Set(seen.body.servers.filter(({ weight }) => weight > 0).map(({ number }) => number));
  const memories = [
    // A flow whose server is gone is forgotten by its next packet, and placed anew.
    ...flowMaps(seen.body, familyOf(seen)).map(({ state, map }) => ({
      reason: state,
      map,
      among: reachable,
    })),
    { reason: 'persistence', map: 'sources', among: takers },
  ] as const;
  for (const { reason, map, among } of memories) {
    const memory = found.find((each) => each.map === map);
    if (memory === undefined || !among.has(numberOf(memory.value))) continue;
    const server = numberOf(memory.value);
    const { expiresInMs } = memory;
    return { kind: 'route', reason, server, address: addressOf(seen, server), slot, expiresInMs };
  }
  const named = found.find(({ map }) => map === 'slots');
  if (named !== undefined && slot === null) {
    return { kind: 'route', reason: 'turn', server: null, address: null, slot, expiresInMs: null };
  }
  const server = named === undefined ? null : numberOf(named.value);
  return {
    kind: 'route',
    reason: server === null ? 'no-server' : 'slot',
    server,
    address: server === null ? null : addressOf(seen, server),
    slot: named === undefined ? null : slot,
    expiresInMs: null,
  };
}
