import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportDecoder } from '../contract/decode-report.js';
import { FakeNodeWork } from './node-work.fake.js';
import { NodeLab, until, vip } from './running-node.fake.js';

let lab: NodeLab;

beforeEach(async () => {
  lab = await NodeLab.open();
});

afterEach(() => lab.close());

describe('reporting', () => {
  it('is complete at first, after a snapshot and when asked; else it carries what changed', async () => {
    lab.plane.put({ '192.0.2.1': vip(1) });
    const { work } = lab.start();
    await until(() => lab.reportedVersion === 1);
    await until(() => work.acknowledgements === lab.plane.reports.length);
    expect(lab.plane.reports.some((report) => report.role === 'agent' && report.complete)).toBe(true);
    const settled = lab.plane.reports.length;
    lab.plane.put({ '192.0.2.2': vip(2) });
    await until(() => lab.reportedVersion === 2);
    expect(lab.plane.reports.slice(settled)).toMatchObject([{ complete: false }]);
    lab.plane.demandComplete = true;
    work.tellChange();
    await until(() => lab.plane.reports.length === settled + 3);
    expect(lab.plane.reports.slice(settled + 1)).toMatchObject([{ complete: false }, { complete: true }]);
  });

  it('numbers its reports upwards, over restarts too', async () => {
    lab.plane.put({ '192.0.2.1': vip(1) });
    const first = lab.start();
    await until(() => lab.reportedVersion === 1);
    await first.stop();
    const before = lab.plane.reports.length;
    const second = lab.start();
    await until(() => lab.plane.reports.length > before);
    await second.stop();
    const numbers = lab.plane.reports.map(({ sequence }) => sequence);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  });

  it('goes on past what the control plane has taken, where an earlier run had a clock that was ahead', async () => {
    lab.plane.sequence = (Date.now() + 3_600_000) * 1_000;
    const ahead = lab.plane.sequence;
    lab.plane.put({ '192.0.2.1': vip(1) });
    const { work } = lab.start();
    await until(() => lab.reportedVersion === 1);
    expect(lab.plane.lastReport?.sequence).toBeGreaterThan(ahead);
    await until(
      () => work.acknowledgements === lab.plane.reports.length,
      'only taken reports to be acknowledged',
    );
  });

  it('names a document that cannot be put in force, and the others are', async () => {
    const work = new FakeNodeWork();
    work.refusing.add('192.0.2.1');
    lab.plane.put({ '192.0.2.1': vip(1), '192.0.2.2': vip(2) });
    lab.start(work);
    await until(() => lab.reportedVersion === 1);
    expect(lab.plane.lastReport?.faults).toMatchObject([{ key: '192.0.2.1', versionInForce: null }]);
    expect([...work.host.keys()]).toEqual(['192.0.2.2']);
  });

  it('is taken by the control plane whatever programs of the host print', async () => {
    const work = new FakeNodeWork();
    const message = `${'RTNETLINK answers: 🙈\n'.repeat(500)}\0\ud83d`;
    work.besides = [{ key: '192.0.2.1', versionInForce: null, reason: 'Lost', message }];
    work.telling = message;
    lab.plane.put({ '192.0.2.1': vip(1), '192.0.2.2': vip(2) });
    lab.start(work);
    await until(() => lab.reportedVersion === 1);
    const decoded = reportDecoder('agent')(lab.plane.lastReport);
    expect(decoded).toMatchObject({ ok: true });
    const told = [...(lab.plane.lastReport?.faults ?? []), ...(lab.plane.lastReport?.conditions ?? [])];
    expect(told.filter((each) => each.message.endsWith('… and more'))).toHaveLength(2);
    expect(lab.plane.lastReport).toMatchObject({ vips: [{ message: expect.stringContaining('and more') }] });
    expect(JSON.stringify(lab.plane.lastReport)).not.toMatch(/\p{Surrogate}|\\ud83d|\\u0000/u);
  });

  it('sends changes that come fast in few reports, never two at a time', async () => {
    lab.start();
    await until(() => lab.reportedVersion === 0);
    const before = lab.plane.reports.length;
    for (let round = 1; round <= 200; round++) lab.plane.put({ '192.0.2.1': vip(1, round) });
    await until(() => lab.reportedVersion === 200);
    expect(lab.plane.reports.length - before).toBeLessThan(100);
  });
});
