import { describe, expect, it } from 'vitest';
import { knownAddress } from './address.js';
import type { RealServerDraft } from './real-server.js';
import { matchByAddress, replaceRealServers } from './replace-real-servers.js';
import { sampleServer, sampleService } from './sample-service.fake.js';
import type { VirtualService } from './virtual-service.js';

const WORD = { actor: 'olga', at: new Date(0), ticket: null, revision: 3 };
const attested = sampleServer({ number: 12, managed: false, attestation: WORD, weight: 5 });
const service = sampleService({ realServers: [sampleServer({ number: 11 }), attested] });

function want(address: string, parts: Partial<RealServerDraft> = {}): RealServerDraft {
  return { address: knownAddress(address), ...parts };
}

function replaced(drafts: readonly RealServerDraft[], additiveOnly = false): VirtualService {
  let number = 20;
  const identity = () => ({ id: `new ${++number}`, number });
  return replaceRealServers(service, matchByAddress(service, drafts), identity, { additiveOnly });
}

describe('a set of real servers that replaces another', () => {
  it('keeps who stays, changes what it says otherwise, makes who is new, and has nobody else', () => {
    const { realServers } = replaced([want('192.0.2.13'), want('192.0.2.12', { managed: false })]);
    expect(realServers.map(({ address, number }) => [address, number])).toEqual([
      ['192.0.2.13', 21],
      ['192.0.2.12', 12],
    ]);
    expect(realServers[1]).toEqual({ ...attested, weight: 1000 });
  });

  it('leaves the very same objects where nothing is said otherwise', () => {
    const same = replaced([want('192.0.2.11'), want('192.0.2.12', { managed: false, weight: 5 })]);
    same.realServers.forEach((server, index) => expect(server).toBe(service.realServers[index]));
  });

  it('may be empty, and only adds and changes where that is asked for', () => {
    expect(replaced([]).realServers).toEqual([]);
    expect(replaced([], true).realServers).toEqual(service.realServers);
    const grown = replaced([want('192.0.2.13'), want('192.0.2.11', { weight: 1 })], true);
    expect(grown.realServers.map(({ number, weight }) => [number, weight])).toEqual([
      [21, 1000],
      [11, 1],
      [12, 5],
    ]);
  });

  it('that has an address twice has a server too many, for the rules to find', () => {
    const { realServers } = replaced([want('192.0.2.11'), want('192.0.2.11')]);
    expect(realServers.map(({ number }) => number)).toEqual([11, 21]);
  });
});
