import { describe, expect, it } from 'vitest';
import { HEALTH_CHECK_DEFAULTS } from './health-check.js';
import { healthUse, healthViaVip, type HealthUse } from './health-via-vip.js';
import { at, fallenFinding, finding } from './sample-observation.fake.js';
import { sampleService } from './sample-service.fake.js';
import type { HealthFinding } from './status.js';

const CHECKED = sampleService({ healthCheck: { type: 'tcp', ...HEALTH_CHECK_DEFAULTS.tcp } });
const judge = (findings: readonly HealthFinding[]) => healthViaVip(CHECKED, findings, true);
const two = { director: 'lb-2' };
const away = { connected: false };
const unasked = { healthy: null, reason: 'NotCheckedYet', message: 'It was not checked yet.' };
const kept = { reason: 'KeptByPanicGuard' };
const idle = { reason: 'StandingBy' };

const SAMPLES: readonly [string, readonly HealthFinding[], HealthUse, string, string][] = [
  ['answers', [finding()], 'in-use', 'True', 'Answered'],
  ['answers all directors', [finding(), finding(two)], 'in-use', 'True', 'Answered'],
  ['does not answer', [fallenFinding()], 'out', 'False', 'TimedOut'],
  ['answers one director of two', [finding(), fallenFinding(two)], 'partly', 'False', 'DirectorsDiffer'],
  [
    'fell, and another director knows nothing',
    [fallenFinding(), finding({ ...two, ...unasked })],
    'partly',
    'False',
    'TimedOut',
  ],
  [
    'answers, and another director knows nothing',
    [finding(), finding({ ...two, ...unasked })],
    'in-use',
    'True',
    'Answered',
  ],
  ['was not asked yet', [finding(unasked)], 'unknown', 'Unknown', 'NotCheckedYet'],
  [
    'was taken over by a director that started anew',
    [finding({ reason: 'NotCheckedYet' })],
    'unknown',
    'Unknown',
    'NotCheckedYet',
  ],
  ['cannot be asked any more', [finding({ reason: 'CouldNotAsk' })], 'unknown', 'Unknown', 'CouldNotAsk'],
  [
    'fell and cannot be asked any more',
    [fallenFinding({ reason: 'CouldNotAsk' })],
    'out',
    'False',
    'CouldNotAsk',
  ],
  ['fell with most others', [fallenFinding(kept)], 'kept', 'False', 'KeptByPanicGuard'],
  [
    'fell with most others for one director',
    [fallenFinding(two), fallenFinding(kept)],
    'kept',
    'False',
    'KeptByPanicGuard',
  ],
  [
    'is a backup that is not needed',
    [finding(idle), finding({ ...two, ...idle })],
    'standing-by',
    'True',
    'StandingBy',
  ],
  ['is a backup that one director needs', [finding(idle), finding(two)], 'in-use', 'True', 'Answered'],
  ['was heard of by nobody', [], 'unknown', 'Unknown', 'NotChecked'],
  ['answered a director that is away since', [finding(away)], 'in-use', 'Unknown', 'Stale'],
  ['fell for a director that is away since', [fallenFinding(away)], 'out', 'Unknown', 'Stale'],
  [
    'fell for one that is away, and answers another',
    [fallenFinding(away), finding(two)],
    'in-use',
    'True',
    'Answered',
  ],
];

describe('a real server', () => {
  it.each(SAMPLES)('that %s', (_, findings, use, status, reason) => {
    expect(healthUse(CHECKED, findings)).toBe(use);
    expect(judge(findings)).toMatchObject({ type: 'HealthViaVip', status, reason });
  });

  it('of a service without a check is used as it is, whatever somebody found before', () => {
    expect(healthUse(sampleService(), [fallenFinding()])).toBe('in-use');
    const condition = healthViaVip(sampleService(), [fallenFinding()], true);
    expect(condition).toMatchObject({ status: 'Unknown', reason: 'NotChecked', since: null });
    expect(condition.message).toContain('no health check');
  });

  it('that is not admitted is not checked', () => {
    const condition = healthViaVip(CHECKED, [finding()], false);
    expect(condition).toMatchObject({ status: 'Unknown', reason: 'NotChecked' });
  });
});

describe('what is said of it', () => {
  it('is said once where the directors agree', () => {
    expect(judge([finding(), finding(two)]).message).toBe('lb-1, lb-2: It answers on the VIP.');
  });

  it('is said by director, with its time, where they differ', () => {
    const { message, since } = judge([finding({ since: at(9) }), fallenFinding({ ...two, since: at(5) })]);
    expect(message).toBe(
      `lb-1: It answers on the VIP. (since ${at(9).toISOString()}) ` +
        `lb-2: No connection within 2000 ms. (since ${at(5).toISOString()})`,
    );
    expect(since, 'of what the condition tells').toEqual(at(5));
  });

  it('is the last that is known, and since when nobody says more, where all directors are away', () => {
    const condition = judge([fallenFinding({ ...away, lastSeenAt: at(7) })]);
    expect(condition.since).toEqual(at(7));
    expect(condition.message).toContain('lb-1 is silent');
    expect(condition.message).toContain('No connection within 2000 ms.');
  });
});
