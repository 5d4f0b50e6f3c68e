import { expect, it } from 'vitest';
import { director, FAULT, forwardedService, provedServer } from './sample-observation.fake.js';
import { sampleService } from './sample-service.fake.js';
import { statusTree } from './status-tree.js';
import type { DirectorObservation, ObservedAgent, ServerObservation } from './status.js';

const { agent: AGENT } = provedServer() as { readonly agent: ObservedAgent };

function tree(one: Partial<DirectorObservation>, server: Partial<ServerObservation> = {}) {
  const servers = new Map([
    [11, provedServer()],
    [12, provedServer(server)],
  ]);
  return statusTree(sampleService(), forwardedService({ directors: [director(one)] }), servers);
}

it('shows service, directors and agents in sync, at the revision of the service', () => {
  const { service, status, directors, servers } = tree({});
  const inForce = { provisioning: 'in-sync', revisionInForce: service.revision, reason: 'Confirmed' };
  expect(status).toMatchObject({ provisioning: 'in-sync', operating: 'online' });
  expect(directors).toMatchObject([{ name: 'lb-1', ...inForce }]);
  expect(servers.map(({ agent }) => agent)).toMatchObject([inForce, inForce]);
});

it.each<[string, Partial<DirectorObservation>, object]>([
  [
    'behind',
    { versionInForce: 24, revision: 5 },
    { provisioning: 'pending', revisionInForce: 5, reason: 'NotConfirmed' },
  ],
  [
    'behind by facts alone',
    { versionInForce: 24, revision: 99 },
    { provisioning: 'pending', revisionInForce: 7 },
  ],
  ['away', { versionInForce: 24, connected: false }, { provisioning: 'pending', reason: 'DirectorAway' }],
  ['at fault', { fault: FAULT }, { provisioning: 'failed', revisionInForce: null, reason: 'NftRefused' }],
  ['new', { versionInForce: null, revision: null }, { provisioning: 'pending', revisionInForce: null }],
])('says of a director that is %s what it has', (_what, one, expected) => {
  expect(tree(one).directors).toMatchObject([expected]);
});

it.each<[string, Partial<ServerObservation>, object | null]>([
  [
    'behind',
    { agent: { ...AGENT, positionVersion: 17, revision: 5 } },
    { provisioning: 'pending', revisionInForce: 5 },
  ],
  ['at fault', { fault: FAULT }, { provisioning: 'failed', revisionInForce: null, reason: 'NftRefused' }],
  ['not there', { agent: null, fact: null, vipDocument: null }, null],
])('says of an agent that is %s what it has', (_what, server, expected) => {
  const [first, second] = tree({}, server).servers;
  expect(first?.agent).toMatchObject({ provisioning: 'in-sync' });
  if (expected === null) expect(second?.agent).toBeNull();
  else expect(second?.agent).toMatchObject(expected);
});
