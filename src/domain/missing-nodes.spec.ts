import { expect, it } from 'vitest';
import { missingDirectors, missingNodes } from './missing-nodes.js';
import { director, FAULT, forwardedService, provedServer, UNPROVED } from './sample-observation.fake.js';
import { sampleService } from './sample-service.fake.js';
import type { ObservedAgent, ServerObservation, ServiceObservation } from './status.js';

const { agent: AGENT } = provedServer() as { readonly agent: ObservedAgent };

function missing(server: Partial<ServerObservation>, onDirectors: Partial<ServiceObservation> = {}) {
  const servers = new Map([
    [11, provedServer()],
    [12, provedServer(server)],
  ]);
  const found = missingNodes(sampleService(), forwardedService(onDirectors), servers);
  return found.map(({ role, node, realServer, reason }) => [role, node, realServer, reason]);
}

it('nobody is missing where all have confirmed', () => {
  expect(missing({})).toEqual([]);
});

it.each<[string, Partial<ServiceObservation>, unknown[]]>([
  ['no director has joined', { directors: [] }, [null, 'NoDirector']],
  [
    'one is behind',
    { directors: [director(), director({ name: 'b', versionInForce: 24 })] },
    ['b', 'NotConfirmed'],
  ],
  [
    'one is behind and away',
    { directors: [director({ versionInForce: 1, connected: false })] },
    ['lb-1', 'DirectorAway'],
  ],
  ['one has a fault', { directors: [director({ fault: FAULT })] }, ['lb-1', 'NftRefused']],
])('of directors: %s', (_what, onDirectors, [node, reason]) => {
  expect(missing({}, onDirectors)).toEqual([['director', node, null, reason]]);
});

it.each<[string, Partial<ServerObservation>, unknown[]]>([
  ['none has joined', { agent: null, fact: null, vipDocument: null }, [null, 'NoAgent']],
  ['it is away', { agent: { ...AGENT, connected: false, positionVersion: 1 } }, ['web-11', 'AgentAway']],
  [
    'it has reported nothing of the VIP',
    { agent: { ...AGENT, positionVersion: 9 } },
    ['web-11', 'AgentNotReported'],
  ],
  [
    'it has an older document in force',
    { agent: { ...AGENT, positionVersion: 17 } },
    ['web-11', 'NotConfirmed'],
  ],
  ['the VIP is not there', { fact: UNPROVED }, ['web-11', 'VipNotBound']],
  ['it has a fault', { fault: FAULT }, ['web-11', 'NftRefused']],
])('of agents: %s', (_what, server, [node, reason]) => {
  expect(missing(server)).toEqual([['agent', node, '192.0.2.12', reason]]);
});

it('a service that is gone waits for the directors that there are', () => {
  expect(missingDirectors(forwardedService({ directors: [] }))).toEqual([]);
  const behind = director({ versionInForce: 24 });
  expect(missingDirectors(forwardedService({ directors: [behind] }))).toMatchObject([{ node: 'lb-1' }]);
});
