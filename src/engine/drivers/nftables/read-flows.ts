/**
 * A page of the flows that the kernel remembers of a service: by state, and in each by the bytes of their keys, so that
 * flows that come and go meanwhile neither repeat nor hide others.
 */
import type { FlowsQuestion } from '../../../contract/questions.js';
import { FLOW_STATES, type FlowState, type FlowTold, type FlowsTold } from '../../../contract/told.js';
import type { CommandRunner } from '../../../platform/command-runner.js';
import { readElements, scanRequest, type FoundElement, type Reading } from './element-reader.js';
import { flowMaps } from './flow-maps.js';
import {
  addressKey,
  clientOfConnection,
  clientOfConversation,
  numberKey,
  numberOf,
  type Client,
} from './kernel-keys.js';
import { addressOf, familyOf, type SeenService } from './seen-service.js';

const SECONDS = 3;

export async function readFlows(
  commands: CommandRunner,
  seen: SeenService,
  question: FlowsQuestion,
): Promise<FlowsTold> {
  const requests = flowRequests(seen, question);
  return flowsOf(seen, await readElements(commands, requests, SECONDS), question.limit);
}

/** A key that is told begins with the digit of its state; states before that of `after` are through. */
export function flowRequests(seen: SeenService, question: FlowsQuestion): readonly string[] {
  const { after = '', server, source = '', limit } = question;
  const through = after === '' ? 0 : Number.parseInt(after.slice(0, 1), 16);
  const prefix = `${serviceInKey(seen)}${source === '' ? '' : addressKey(source)}`;
  const servers = server === undefined ? serversToCount(seen) : [numberKey(server)];
  return flowMaps(seen.body, familyOf(seen))
    .filter(({ state }) => digitOf(state) >= through)
    .map(({ state, map }) => {
      const from = after !== '' && digitOf(state) === through ? after.slice(1) : undefined;
      return scanRequest(map, { prefix, after: from, servers, limit });
    });
}

/** How the keys of its flows begin; those of connections name no service. */
export function serviceInKey({ body }: SeenService): string {
  return body.protocol === 'udp' ? numberKey(body.number) : '';
}

/** What tells the flows of the service from those of others: its servers, where keys do not. */
export function serversToCount({ body }: SeenService): readonly string[] {
  return body.protocol === 'udp' ? [] : body.servers.map(({ number }) => numberKey(number));
}

/** Pure. */
export function flowsOf(seen: SeenService, reading: Reading, limit: number): FlowsTold {
  const flows = flowMaps(seen.body, familyOf(seen)).flatMap(({ state, map }) =>
    reading.found.filter((each) => each.map === map).map((each) => flowTold(seen, state, each)),
  );
  const total = reading.counts.reduce((sum, { count }) => sum + count, 0);
  return { kind: 'flows', flows: flows.slice(0, limit), total, complete: reading.complete };
}

function flowTold(seen: SeenService, state: FlowState, { key, value, expiresInMs }: FoundElement): FlowTold {
  const server = numberOf(value);
  return {
    key: `${digitOf(state)}${key}`,
    state,
    ...clientIn(seen, key),
    server,
    address: addressOf(seen, server),
    expiresInMs: expiresInMs ?? 0,
  };
}

function clientIn(seen: SeenService, key: string): Client | { source: null; sourcePort: null } {
  if (familyOf(seen) === 6) return { source: null, sourcePort: null };
  return seen.body.protocol === 'udp' ? clientOfConversation(key) : clientOfConnection(key);
}

function digitOf(state: FlowState): number {
  return FLOW_STATES.indexOf(state);
}
