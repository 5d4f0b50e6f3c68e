/**
 * A page of the flows that the kernel remembers of a service: by state, and in each by the bytes of their keys, so that
 * flows that come and go meanwhile neither repeat nor hide others.
 */
import type { FlowsQuestion } from '../../../contract/questions.js';
import { FLOW_STATES, type FlowState, type FlowTold, type FlowsTold } from '../../../contract/told.js';
import type { CommandRunner } from '../../../platform/command-runner.js';
import { readElements, scanRequest, type FoundElement, type Reading } from './element-reader.js';
import { flowMaps } from './flow-maps.js';
import { addressKey, clientOf, numberKey, numberOf } from './kernel-keys.js';
import { addressOf, familyOf, type SeenService } from './seen-service.js';

const SECONDS = 3;
/** Of the service's number, which all keys of a page begin with. */
const SERVICE_DIGITS = 8;

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
  const { after = '', server, source, limit } = question;
  const through = after === '' ? 0 : Number.parseInt(after.slice(0, 1), 16);
  return flowMaps(seen.body, familyOf(seen))
    .filter(({ state }) => digitOf(state) >= through)
    .map(({ state, map }) =>
      scanRequest(map, {
        service: numberKey(seen.body.number),
        after: after !== '' && digitOf(state) === through ? after.slice(1) : undefined,
        server: server === undefined ? undefined : numberKey(server),
        prefix: source === undefined ? undefined : addressKey(source),
        limit,
      }),
    );
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
  const client = key.slice(SERVICE_DIGITS);
  const server = numberOf(value);
  return {
    key: `${digitOf(state)}${client}`,
    state,
    ...(familyOf(seen) === 4 ? clientOf(client) : { source: null, sourcePort: null }),
    server,
    address: addressOf(seen, server),
    expiresInMs: expiresInMs ?? 0,
  };
}

function digitOf(state: FlowState): number {
  return FLOW_STATES.indexOf(state);
}
