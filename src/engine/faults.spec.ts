import { describe, expect, it } from 'vitest';
import { sampleServiceDocument } from '../contract/sample-service-document.fake.js';
import { faultsOf } from './faults.js';
import { Segments } from '../forwarding/segments.js';

const segments = new Segments([
  {
    name: 'eth0',
    mac: '02:00:00:00:00:aa',
    loopback: false,
    addresses: [{ address: '192.0.2.2', prefixLength: 24 }],
  },
]);
const body = sampleServiceDocument({
  servers: [
    { number: 11, address: '192.0.2.11', weight: 1 },
    { number: 12, address: '198.51.100.12', weight: 1 },
  ],
});
const document = { key: 'a', version: 9, revision: 1, body };
const near = { ...document, body: { ...body, servers: body.servers.slice(0, 1) } };
const fine = {
  refusals: new Map<string, string>(),
  inForce: new Map([['a', { ...document, version: 5 }]]),
  ground: { seed: 1, devices: ['eth0'], segments },
  unheld: new Set<string>(),
  ownerOf: () => undefined,
};

describe('faults', () => {
  it('are none for a document that is wholly in force, and none for one that is gone', () => {
    expect(faultsOf([near, { ...document, key: 'b', body: null }], fine)).toEqual([]);
  });

  it('name the version that stays in force when nft refused the new one', () => {
    const refusals = new Map([['a', 'File exists']]);
    expect(faultsOf([document], { ...fine, refusals })).toEqual([
      { key: 'a', reason: 'Refused', message: 'File exists', versionInForce: 5 },
    ]);
    expect(faultsOf([document], { ...fine, refusals, inForce: new Map() })[0]?.versionInForce).toBeNull();
  });

  it("name who has the VIP in this director's place", () => {
    const [fault] = faultsOf([near], { ...fine, ownerOf: (vip) => `the owner of ${vip}` });
    expect(fault).toMatchObject({ reason: 'VipInUse', versionInForce: 9 });
    expect(fault?.message).toContain('the owner of 192.0.2.200');
  });

  it('tell of a VIP that is not held', () => {
    const [fault] = faultsOf([near], { ...fine, unheld: new Set(['192.0.2.200']) });
    expect(fault).toMatchObject({ reason: 'VipNotHeld', versionInForce: 9 });
  });

  it('tell which servers share no segment, while the rest is in force', () => {
    const [fault] = faultsOf([document], fine);
    expect(fault).toMatchObject({ reason: 'NoSharedSegment', versionInForce: 9 });
    expect(fault?.message).toContain('198.51.100.12');
    expect(fault?.message).not.toContain('192.0.2.11');
  });
});
