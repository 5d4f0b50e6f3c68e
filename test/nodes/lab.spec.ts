/**
 * The lab as a user runs it: the whole of Homeward on real kernels, from the REST call to the frames on the wire.
 * Each of its proofs has a control, in which what it proves is broken on purpose and the lab must say so.
 * It runs the compiled lab, so `npm run build` comes first.
 */
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ended, finished, LabRuns, untilSaid } from '../support/lab-runs.js';

/** Without any privilege, whoever runs the tests; files stay readable as they were. */
const UNPRIVILEGED = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'];

let lab: LabRuns;

beforeEach(async () => {
  lab = await LabRuns.create();
});

afterEach(() => lab.close());

describe('npm run lab -- --once', () => {
  it('needs no privilege, finds everything as promised, and leaves nothing behind', async () => {
    const { code, findings } = await finished(lab.start(['--once'], UNPRIVILEGED));
    expect(findings.failed).toBeUndefined();
    expect(code).toBe(0);
    expect(findings).toMatchObject({
      directReturn: true,
      replyBytesOnDirector: 0,
      arpSilent: true,
      ipv4: true,
      ipv6: true,
      drainedDownloadWhole: true,
      newConnectionsAfterDrain: { toDrained: 0 },
      restored: true,
    });
    expect(findings.failedServerOutMs).toBeLessThan(8_000);
    expect(findings.replyBytesOnRouter).toBeGreaterThan(2 * 16 * 1_048_576);
    expect(await readdir(lab.directory)).toEqual([]);
  });

  it.each([
    ['replies pass the director', 'return-through-director', 'step 3: ', 'directReturn'],
    ['a real server answers ARP for the VIP', 'answer-arp', 'step 3: ', 'arpSilent'],
    ['a drain breaks a download', 'drop-at-once', 'step 5: ', 'drainedDownloadWhole'],
    ['a VIP stays behind', 'leave-vip', 'step 6: ', 'restored'],
  ] as const)('fails when %s', async (_, control, step, finding) => {
    const { code, findings } = await finished(lab.start(['--once', '--control', control]));
    expect(code).toBe(1);
    expect(findings.failed).toContain(step);
    expect(findings[finding]).toBe(false);
  });

  it('fails when nobody checks whether real servers answer', async () => {
    const { code, findings } = await finished(lab.start(['--once', '--control', 'unchecked']));
    expect(code).toBe(1);
    expect(findings.failed).toContain('step 4: waited 8 s for the director to take one out');
    expect(findings.failedServerOutMs).toBeNull();
  });

  it('refuses what it does not know', async () => {
    const run = lab.start(['--twice']);
    await ended(run.child);
    expect(run.child.exitCode).toBe(2);
    expect(run.said()).toContain('--twice');
  });
});

describe('npm run lab', () => {
  it('stays up behind a door to Swagger, also after a run that was killed, until it is told to end', async () => {
    const killed = lab.start([]);
    await untilSaid(killed, '2  Look');
    await ended(killed.child, () => killed.child.kill('SIGKILL'));
    await lab.untilNobodyIsLeft();
    const run = lab.start([]);
    await untilSaid(run, 'curl');
    expect(await readdir(lab.directory)).toHaveLength(1);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(run.said())?.[0] ?? '';
    const token = /Token +(\S+)/.exec(run.said())?.[1] ?? '';
    const docs = await fetch(`${url}/docs/`);
    expect(await docs.text()).toContain('swagger');
    const listed = await fetch(`${url}/v1/virtual-services`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await listed.json()).toMatchObject({ items: [{ status: { provisioning: 'in-sync' } }, {}] });
    await ended(run.child, () => run.child.kill('SIGINT'));
    expect(run.child.exitCode).toBe(0);
    expect(await readdir(lab.directory)).toEqual([]);
  });
});
