import { describe, expect, it } from 'vitest';
import { judgeAnswers } from './judge-answers.js';
import type { Outcome } from './outcome.js';

const VIP = '192.0.2.200';
const REFUSED: Outcome = { kind: 'refused' };
const SILENT: Outcome = { kind: 'silent' };
const ANSWERED: Outcome = { kind: 'answered' };
const ASTRAY: Outcome = { kind: 'other-source', source: '192.0.2.11' };

/** Of a service that has these ports and no others. */
function judged(protocol: 'tcp' | 'udp', ...outcomes: readonly Outcome[]) {
  return judgedUpTo(79 + outcomes.length, protocol, ...outcomes);
}

function judgedUpTo(endPort: number, protocol: 'tcp' | 'udp', ...outcomes: readonly Outcome[]) {
  const service = { protocol, port: 80, endPort };
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
    expect(judgedUpTo(90, 'tcp', REFUSED, REFUSED)).toMatchObject({ counts: 'for', verdict });
    expect(judgedUpTo(90, 'tcp', SILENT, SILENT)).toMatchObject({ counts: 'for', verdict });
    expect(judged('udp', SILENT, REFUSED)).toMatchObject({ counts: 'for', verdict });
  });

  it.each([
    ['tcp', [REFUSED, REFUSED], 'Refused'],
    ['tcp', [REFUSED, SILENT, REFUSED, SILENT], 'Refused'],
    ['tcp', [SILENT, SILENT], 'NoAnswer'],
    ['udp', [REFUSED, REFUSED, REFUSED], 'Refused'],
  ] as const)('is dead over %s where all of it was asked and came to %j', (protocol, outcomes, reason) => {
    const verdict = judged(protocol, ...outcomes);
    expect(verdict).toMatchObject({ counts: 'against', verdict: { status: 'False', reason } });
    expect(verdict.verdict.message).toContain(`${VIP} ports 80 to ${79 + outcomes.length}`);
  });

  it('tells nothing where one of its ports could not be asked and none answered', () => {
    const unasked: Outcome = { kind: 'not-asked', detail: 'too many open files' };
    expect(judged('tcp', REFUSED, unasked)).toMatchObject({ counts: 'nothing' });
    expect(judged('tcp', ANSWERED, unasked)).toMatchObject({ counts: 'for' });
  });

  it('is refused where one port answers from another address', () => {
    expect(judged('udp', ANSWERED, ASTRAY)).toMatchObject({ counts: 'against' });
  });
});
