/**
 * The lab with `--endure`: agents killed, a NIC plugged in and a power cut, while the lan is listened to. A file of its
 * own beside lab.spec.ts, so that the two can run at the same time.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { finished, LabRuns } from '../support/lab-runs.js';

let lab: LabRuns;

beforeEach(async () => {
  lab = await LabRuns.create();
});

afterEach(() => lab.close());

describe('npm run lab -- --once --endure', () => {
  it('hears nobody but the director claim a VIP, whatever happens to the real servers', async () => {
    const { code, findings } = await finished(lab.start(['--once', '--endure']));
    expect(findings.failed).toBeUndefined();
    expect(code).toBe(0);
    expect(findings).toMatchObject({ restored: true, endured: { agentKills: 50, foreignClaimants: [] } });
    expect(findings.endured?.questions).toBeGreaterThan(200);
    expect(findings.endured?.requests).toBeGreaterThan(500);
  });

  it('fails when a machine comes back with its VIPs before it is silent', async () => {
    const { code, findings } = await finished(lab.start(['--once', '--endure', '--control', 'boot-by-hand']));
    expect(code).toBe(1);
    expect(findings.failed).toContain('claimed by two');
    expect(findings.endured?.foreignClaimants).toContain('02:00:5e:00:00:bc');
  });
});
