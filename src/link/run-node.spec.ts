import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CREDENTIAL } from '../../test/support/control-plane-stand-in.js';
import { FakeNodeWork } from './node-work.fake.js';
import { NodeLab, until, vip } from './running-node.fake.js';

let lab: NodeLab;

beforeEach(async () => {
  lab = await NodeLab.open();
});

afterEach(() => lab.close());

describe('joining', () => {
  it('keeps the credential so that only its owner can read it, and joins once', async () => {
    const first = lab.start();
    await until(() => lab.plane.openStreams === 1);
    await first.stop();
    const second = lab.start();
    await until(() => lab.plane.openStreams === 1);
    await second.stop();
    expect(lab.plane.joins).toHaveLength(1);
    const identity = join(lab.stateDir, 'identity.json');
    expect((await stat(identity)).mode & 0o777).toBe(0o600);
    expect(await readFile(identity, 'utf8')).toContain(CREDENTIAL);
  });

  it('ends with what to do when the token is refused', async () => {
    const node = lab.start(new FakeNodeWork(), lab.plane.url, `hwj_${'x'.repeat(43)}`);
    await expect(node.ended).rejects.toThrow(/refused the join token.*Make a new one/s);
  });

  it('tries again as long as the control plane is busy', async () => {
    lab.plane.refuseWith = 503;
    lab.start();
    await until(() => lab.plane.joins.length >= 2);
    lab.plane.refuseWith = undefined;
    await until(() => lab.plane.openStreams === 1);
  });

  it('is refused to a second process in the same state directory', async () => {
    lab.start();
    await until(() => lab.plane.openStreams === 1);
    await expect(lab.start().ended).rejects.toThrow(/Another process/);
  });
});

describe('a host that lost what was in force', () => {
  it('is brought in line again, and what cannot be brought back is reported', async () => {
    lab.plane.put({ '192.0.2.1': vip(1) });
    const { work } = lab.start();
    await until(() => lab.reportedVersion === 1);
    work.host.clear();
    work.refusing.add('192.0.2.1');
    work.tellLoss();
    await until(() => lab.plane.lastReport?.faults[0]?.key === '192.0.2.1');
    expect(work.reconciled).toEqual([1, 1]);
  });
});

describe('stopping', () => {
  it('lets no other process in before the work has ended', async () => {
    const node = lab.start();
    await until(() => lab.plane.openStreams === 1);
    let intruder: unknown;
    node.work.ending = async () => {
      intruder = await lab.start().ended.catch((error: unknown) => error);
    };
    await node.stop();
    expect(String(intruder)).toContain('Another process');
  });
});

describe('starting again', () => {
  it('puts the last known good in force without a control plane', async () => {
    lab.plane.put({ '192.0.2.1': vip(1), '192.0.2.2': vip(2) });
    const first = lab.start();
    await until(() => lab.reportedVersion === 1);
    await first.stop();
    expect(first.work.host.size).toBe(2);
    const { work } = lab.start(new FakeNodeWork(), 'http://127.0.0.1:9');
    await until(() => work.host.size === 2);
    expect(work.reconciled).toEqual([2]);
  });

  it('leaves the host alone as long as nothing was ever handed to it', async () => {
    const { work } = lab.start(new FakeNodeWork(), 'http://127.0.0.1:9');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(work.reconciled).toEqual([]);
  });

  it('sends no report before what it held from an earlier run was tried', async () => {
    lab.plane.put({ '192.0.2.1': vip(1) });
    const first = lab.start();
    await until(() => lab.reportedVersion === 1);
    await first.stop();
    const before = lab.plane.reports.length;
    const work = new FakeNodeWork();
    work.gate = new Promise((resolve) => setTimeout(resolve, 60));
    lab.start(work);
    await until(() => lab.plane.reports.length > before);
    expect(lab.plane.reports[before]?.position?.version).toBe(1);
  });
});
