import { describe, expect, it } from 'vitest';
import { admission } from './admission.js';
import { attestedRealServer, changedRealServer, withoutAttestation, type RealServer } from './real-server.js';
import { knownAddress } from './address.js';
import { forwardedService, provedServer } from './sample-observation.fake.js';
import { sampleServer, sampleService } from './sample-service.fake.js';
import { serverStatus } from './server-status.js';
import type { SilenceObservation } from './status.js';
import { changeVirtualService } from './virtual-service.js';

const WORD = { actor: 'ops', at: new Date('2026-01-01T00:00:00Z'), ticket: 'CHG1', revision: 5 };
const PLAIN = sampleServer({ managed: false });
const ATTESTED = attestedRealServer(PLAIN, WORD);

function silence(silent: boolean | null, asked = 5): SilenceObservation {
  const director = { nodeId: 'id-1', director: 'lb-1', connected: true, longAway: false };
  const finding = { ...director, asked, onSegment: true, silent, message: 'said', strangers: [] };
  return { named: false, findings: [finding], changedAt: null };
}

const observed = (parts: Parameters<typeof provedServer>[0]) =>
  provedServer({ agent: null, vipDocument: null, fact: null, ...parts });
const judge = (server: RealServer, parts: Parameters<typeof provedServer>[0]) =>
  admission(sampleService(), server, observed(parts));

describe('a server without an agent', () => {
  it('is admitted when it is attested and found silent', () => {
    expect(judge(ATTESTED, { silence: silence(true) })).toMatchObject({ admitted: true });
  });

  it.each([
    ['found silent and not attested', PLAIN, silence(true, 0), 'NotAttested'],
    ['attested and not asked about', ATTESTED, null, 'SilenceNotProved'],
    ['attested and found silent for another attestation', ATTESTED, silence(true, 4), 'SilenceNotProved'],
    ['attested and loud', ATTESTED, silence(false), 'NotSilent'],
  ])('is not admitted when it is %s', (_, server, seen, reason) => {
    expect(judge(server, { silence: seen })).toMatchObject({ admitted: false, reason });
  });

  it('is not admitted by the proofs of an agent', () => {
    expect(admission(sampleService(), PLAIN, provedServer())).toMatchObject({ reason: 'NotAttested' });
  });

  it('with an agent is not admitted by a word and by silence', () => {
    const managed = { ...ATTESTED, managed: true };
    expect(judge(managed, { silence: silence(true) })).toMatchObject({ reason: 'NoAgent' });
  });

  it('is pending until it is admitted, and shows who attested it and what the directors found', () => {
    const status = (server: RealServer, seen: SilenceObservation) =>
      serverStatus(sampleService(), server, observed({ silence: seen }), forwardedService());
    expect(status(PLAIN, silence(true, 0)).provisioning).toBe('pending');
    const { provisioning, operating, conditions } = status(ATTESTED, silence(true));
    expect([provisioning, operating]).toEqual(['in-sync', 'online']);
    const shown = Object.fromEntries(
      conditions.map(({ type, status: is, message }) => [type, [is, message]]),
    );
    expect(shown).toMatchObject({
      Attested: ['True', 'ops has attested it under CHG1.'],
      SilentOnSegment: ['True', expect.stringContaining('lb-1')],
      ArpSilent: ['True', expect.stringContaining('lb-1')],
      VipBound: ['Unknown', expect.stringContaining('agent')],
      Admitted: ['True', expect.any(String)],
    });
  });
});

describe('the time since when it is admitted', () => {
  const since = (server: RealServer, seen: SilenceObservation) =>
    serverStatus(sampleService(), server, observed({ silence: seen }), forwardedService()).conditions.find(
      ({ type }) => type === 'Admitted',
    )?.lastTransitionAt;
  const heard = new Date('2026-01-05T00:00:00Z');

  it('is that of the word or of what was heard, whichever came last, and of the leak', () => {
    const found = { ...silence(true), changedAt: heard };
    expect(since(ATTESTED, found)).toEqual(heard);
    expect(since(ATTESTED, { ...found, changedAt: new Date(0) })).toEqual(WORD.at);
    expect(since(ATTESTED, { ...silence(false), changedAt: heard })).toEqual(heard);
  });

  it('is not told where nobody noted it', () => {
    expect(since(PLAIN, { ...silence(true), changedAt: heard })).toBeNull();
  });
});

describe('an attestation', () => {
  it('that is renewed says who and when anew, and asks for no new proof', () => {
    const again = attestedRealServer(ATTESTED, { ...WORD, actor: 'audit', revision: 9 });
    expect(again.attestation).toMatchObject({ actor: 'audit', revision: 5 });
  });

  it('asks for a new proof when it was withdrawn meanwhile', () => {
    const again = attestedRealServer(withoutAttestation(ATTESTED), { ...WORD, revision: 9 });
    expect(again.attestation?.revision).toBe(9);
  });

  it('ends when an agent takes over, and not with another weight', () => {
    expect(changedRealServer(ATTESTED, { managed: true }).attestation).toBeNull();
    expect(changedRealServer(ATTESTED, { weight: 1 }).attestation).toEqual(WORD);
  });

  it('ends when the server or its service is disabled, for the host is to unbind the VIP then', () => {
    expect(changedRealServer(ATTESTED, { enabled: false }).attestation).toBeNull();
    expect(changedRealServer(ATTESTED, { enabled: true }).attestation).toEqual(WORD);
    const off = { ...ATTESTED, enabled: false };
    expect(changedRealServer(off, { enabled: true }).attestation, 'it was given since').toEqual(WORD);
    const service = sampleService({ realServers: [ATTESTED] });
    expect(changeVirtualService(service, { enabled: false }).realServers[0]?.attestation).toBeNull();
    const idle = { ...service, enabled: false };
    expect(changeVirtualService(idle, { enabled: true }).realServers[0]).toBe(ATTESTED);
  });

  it('ends when the service moves to another VIP, and not with another name', () => {
    const service = sampleService({ realServers: [ATTESTED] });
    const moved = changeVirtualService(service, { address: knownAddress('192.0.2.201') });
    expect(moved.realServers[0]?.attestation).toBeNull();
    expect(changeVirtualService(service, { name: 'x' }).realServers[0]).toBe(ATTESTED);
  });
});
