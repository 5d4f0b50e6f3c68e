import { describe, expect, it } from 'vitest';
import { judgeAnswers } from './judge-answers.js';
import type { Outcome } from './outcome.js';

const VIP = '192.0.2.200';
const REFUSED: Outcome = { kind: 'refused' };
const SILENT: Outcome = { kind: 'silent' };
const ANSWERED: Outcome = { kind: 'answered' };
const ASTRAY: Outcome = { kind: 'other-source', source: '192.0.2.11' };

function judged(protocol: 'tcp' | 'udp', ...outcomes: readonly Outcome[]) {
  const service = { protocol, port: 80, endPort: 79 + outcomes.length };
  return judgeAnswers(
    VIP,
    service,
    outcomes.map((outcome, index) => ({ port: 80 + index, outcome })),
  );
}

describe('a service on one port', () => {
  it.each([
    ['tcp', ANSWERED, 'for', 'True', 'Answered'],
    ['tcp', REFUSED, 'against', 'False', 'Refused'],
    ['tcp', SILENT, 'against', 'False', 'NoAnswer'],
    ['tcp', { kind: 'other-status', status: 503 }, 'against', 'False', 'OtherStatus'],
    ['tcp', { kind: 'no-http', detail: 'socket hang up' }, 'against', 'False', 'NoHttpAnswer'],
    ['udp', ANSWERED, 'for', 'True', 'Answered'],
    ['udp', REFUSED, 'against', 'False', 'Refused'],
    ['udp', ASTRAY, 'against', 'False', 'OtherSource'],
    // Most UDP servers leave unanswered what they do not understand.
    ['udp', SILENT, 'for', 'Unknown', 'NoAnswer'],
    ['tcp', { kind: 'not-asked', detail: 'too many open files' }, 'nothing', 'Unknown', 'CouldNotAsk'],
  ] as const)('over %s that %j counts %s it', (protocol, outcome, counts, status, reason) => {
    expect(judged(protocol, outcome)).toMatchObject({ counts, verdict: { status, reason } });
  });

  it('is told what to do about it', () => {
    expect(judged('udp', ASTRAY).verdict.message).toContain('192.0.2.11');
    expect(judged('udp', ASTRAY).verdict.message).toContain(`Bind the service to ${VIP}`);
    expect(judged('tcp', REFUSED).verdict.message).toContain(`Nothing listens on ${VIP} port 80`);
  });
});

describe('a range of ports', () => {
  it('answers where one of those that are asked does', () => {
    expect(judged('tcp', REFUSED, ANSWERED, SILENT)).toMatchObject({
      counts: 'for',
      verdict: { status: 'True' },
    });
  });

  it('is unknown where none does, for ports of a range may be unused', () => {
    const verdict = { status: 'Unknown', reason: 'NoPortAnswered' };
    expect(judged('tcp', REFUSED, REFUSED)).toMatchObject({ counts: 'for', verdict });
    expect(judged('udp', SILENT, REFUSED)).toMatchObject({ counts: 'for', verdict });
  });

  it('is refused where one port answers from another address', () => {
    expect(judged('udp', ANSWERED, ASTRAY)).toMatchObject({ counts: 'against' });
  });
});
