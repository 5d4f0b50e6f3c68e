import { describe, expect, it } from 'vitest';
import { knownAddress } from './address.js';
import { sampleServer, sampleService } from './sample-service.fake.js';
import {
  addRealServer,
  changeRealServer,
  changeVirtualService,
  marked,
  newVirtualService,
  portsOf,
  removeRealServer,
} from './virtual-service.js';

const VIP = knownAddress('192.0.2.200');
const MARK = { revision: 3, at: new Date('2026-02-03T04:05:06Z') };
const ID = { id: '00000000-0000-4000-8000-000000000009', number: 9 };

describe('a new virtual service', () => {
  it('has a default for everything that was not said', () => {
    const service = newVirtualService({ address: VIP, port: 443, protocol: 'tcp' }, ID, MARK);
    expect(service).toEqual({
      ...ID,
      name: '',
      description: '',
      address: '192.0.2.200',
      port: 443,
      endPort: null,
      protocol: 'tcp',
      forceL4: true,
      enabled: true,
      scheduler: 'maglev',
      persistence: null,
      flowAffinity: true,
      healthCheck: { type: 'none' },
      drainSeconds: 300,
      slowStartSeconds: 0,
      minHealthy: 1,
      tags: {},
      realServers: [],
      revision: 3,
      createdAt: MARK.at,
      updatedAt: MARK.at,
    });
  });

  it('takes nothing from a draft that an operator may not say', () => {
    const draft = {
      address: VIP,
      port: 443,
      protocol: 'tcp',
      revision: 99,
      realServers: [{}],
      id: 'x',
    } as const;
    const service = newVirtualService(draft, ID, MARK);
    expect(service).toMatchObject({ id: ID.id, revision: 3, realServers: [] });
  });
});

describe('a change', () => {
  it('keeps what it does not say, and takes null as said', () => {
    const before = sampleService({ endPort: 90, description: 'old' });
    const after = changeVirtualService(before, { endPort: null, name: undefined, forceL4: false });
    expect(after).toEqual({ ...before, endPort: null, forceL4: false });
  });

  it('moves revision and time', () => {
    expect(marked(sampleService(), MARK)).toMatchObject({ revision: 3, updatedAt: MARK.at });
  });
});

describe('the real servers of a service', () => {
  const before = sampleService({ realServers: [sampleServer({ number: 11 })] });
  const id = before.realServers[0]?.id ?? '';

  it('get defaults when they are added', () => {
    const after = addRealServer(before, { address: knownAddress('192.0.2.12') }, { id: 'b', number: 12 });
    expect(after.realServers[1]).toEqual({
      id: 'b',
      number: 12,
      address: '192.0.2.12',
      port: null,
      weight: 1000,
      forwardingMethod: 'direct-return',
      enabled: true,
      backup: false,
      managed: true,
      attestation: null,
    });
  });

  it('are changed one by one', () => {
    const after = changeRealServer(before, id, { weight: 0 });
    expect(after.realServers).toEqual([{ ...before.realServers[0], weight: 0 }]);
    expect(changeRealServer(before, 'nobody', { weight: 0 })).toEqual(before);
  });

  it('are removed one by one', () => {
    expect(removeRealServer(before, id).realServers).toEqual([]);
    expect(removeRealServer(before, 'nobody')).toEqual(before);
  });
});

describe('the ports of a service', () => {
  it('are first and last, also where there is one', () => {
    expect(portsOf({ port: 80, endPort: null })).toEqual({ first: 80, last: 80 });
    expect(portsOf({ port: 80, endPort: 90 })).toEqual({ first: 80, last: 90 });
  });
});
