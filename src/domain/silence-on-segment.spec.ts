import { describe, expect, it } from 'vitest';
import { sampleServer, sampleService } from './sample-service.fake.js';
import { silenceOnSegment } from './silence-on-segment.js';
import type { DirectorFinding } from './status.js';

const ATTESTATION = { actor: 'ops', at: new Date('2026-01-01T00:00:00Z'), ticket: 'CHG1', revision: 5 };
const SERVER = sampleServer({ managed: false, attestation: ATTESTATION });

function finding(parts: Partial<DirectorFinding> = {}): DirectorFinding {
  const found = { asked: 5, onSegment: true, silent: true, message: 'as it said', strangers: [] };
  const { connected = true } = parts;
  return { nodeId: 'id-of-it', director: 'lb-1', connected, longAway: false, ...found, ...parts };
}

const judge = (findings: readonly DirectorFinding[], named = false) =>
  silenceOnSegment(sampleService(), SERVER, { named, findings, changedAt: null });

const LOUD = finding({ director: 'lb-2', silent: false, message: '02:00:00:00:00:b1 answered.' });
const STRANGER = finding({ director: 'lb-2', strangers: ['02:00:00:00:00:ee'] });
const UNSURE = finding({ director: 'lb-2', silent: null, message: 'lo is no Ethernet' });

describe('a server that was not let in yet', () => {
  it('suffices when every director that is there has found it silent', () => {
    expect(judge([finding(), finding({ director: 'lb-2' })])).toMatchObject({
      status: 'True',
      suffices: true,
    });
  });

  it.each([
    ['a second director that cannot tell', [finding(), UNSURE], 'lo is no Ethernet'],
    [
      'a second director that has not asked',
      [finding(), finding({ director: 'lb-2', asked: null, silent: null })],
      'lb-2 has not asked',
    ],
    ['a finding of before the attestation', [finding({ asked: 0 })], 'lb-1 has not asked'],
    ['a finding for an earlier attestation', [finding({ asked: 4 })], 'lb-1 has not asked'],
    [
      'what a director that is away found for an earlier attestation',
      [finding({ asked: 4, connected: false })],
      'No director',
    ],
    ['an answer of nobody known', [finding(), STRANGER], '02:00:00:00:00:ee answered'],
    ['no director at all', [], 'No director'],
    ['a director on another segment alone', [finding({ onSegment: false, silent: null })], 'No director'],
    [
      'a director that went away before it had asked',
      [finding({ connected: false, asked: null, silent: null })],
      'No director',
    ],
  ])('waits with %s', (_, findings, words) => {
    const verdict = judge(findings);
    expect([verdict.status, verdict.suffices]).toEqual(['Unknown', false]);
    expect(verdict.message).toContain(words);
  });

  it.each([
    ['on another segment', finding({ director: 'lb-2', onSegment: false, silent: null })],
    ['that is away, and heard a stranger', { ...STRANGER, connected: false }],
    ['that is away, and heard it before it was set up', { ...LOUD, asked: 4, connected: false }],
    ['that is away', finding({ director: 'lb-2', connected: false, asked: null, silent: null })],
  ])('does not wait for a director %s', (_, other) => {
    expect(judge([finding(), other])).toMatchObject({ status: 'True', suffices: true });
  });
});

describe('a server that is in', () => {
  it.each([
    ['a director joins that has not asked', [finding(), finding({ asked: null, silent: null })]],
    ['a director cannot tell any more', [UNSURE]],
    ['somebody else answers', [finding(), STRANGER]],
    ['all directors are away', [finding({ connected: false })]],
    ['all directors are forgotten', []],
  ])('stays in when %s', (_, findings) => expect(judge(findings, true).suffices).toBe(true));

  it.each([
    ['one director heard it', [finding(), LOUD]],
    ['the director that heard it went away', [finding(), { ...LOUD, connected: false }]],
  ])('is out when %s', (_, findings) => {
    const verdict = judge(findings, true);
    expect(verdict).toMatchObject({ status: 'False', suffices: false, reason: 'AnswersForVip' });
    expect(verdict.message).toContain('lb-2: 02:00:00:00:00:b1 answered.');
    expect(verdict.message).toContain('arp_ignore');
  });

  it('is kept out by what a director heard that is gone, until others have found it silent for long enough', () => {
    const gone = { ...LOUD, connected: false };
    expect(judge([finding(), gone]).message).toContain('DELETE /v1/nodes/id-of-it');
    expect(judge([finding(), LOUD]).message).not.toContain('DELETE');
    const longGone = { ...gone, longAway: true };
    expect(judge([finding(), longGone])).toMatchObject({ status: 'True', suffices: true });
    for (const others of [[], [UNSURE], [STRANGER], [finding({ onSegment: false, silent: null })]])
      expect(judge([...others, longGone], true), 'nobody knows better').toMatchObject({ suffices: false });
    expect(judge([finding({ connected: false }), longGone], true).suffices).toBe(false);
  });

  it('is told what to do of its own address family', () => {
    const service = sampleService({ address: '2001:db8::200' });
    const server = { ...SERVER, ...sampleServer({ address: '2001:db8::11' }), attestation: ATTESTATION };
    const { message } = silenceOnSegment(service, server, { named: true, findings: [LOUD], changedAt: null });
    expect(message).toContain('/128');
    expect(message).not.toContain('arp_ignore');
  });
});
