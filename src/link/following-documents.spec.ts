import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NodeLab, until, vip } from './running-node.fake.js';

let lab: NodeLab;

beforeEach(async () => {
  // The shortest pauses that there are: none, and then 0.2 s.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  lab = await NodeLab.open();
});

afterEach(async () => {
  await lab.close();
  vi.restoreAllMocks();
});

describe('following', () => {
  it('puts a snapshot and then a delta in force, and reports each at once', async () => {
    lab.plane.put({ '192.0.2.1': vip(1) });
    const { work } = lab.start();
    await until(() => lab.reportedVersion === 1);
    lab.plane.put({ '192.0.2.2': vip(2), '192.0.2.1': null });
    await until(() => lab.reportedVersion === 2);
    expect([...work.host.keys()]).toEqual(['192.0.2.2']);
    expect(work.reconciled).toEqual([1]);
    expect(work.seeds).toEqual([4711, 4711]);
  });

  it('takes a batch of several parts whole or not at all', async () => {
    const { work } = lab.start();
    await until(() => lab.reportedVersion === 0);
    lab.plane.version = 1;
    lab.plane.documents.set('192.0.2.1', { key: '192.0.2.1', version: 1, revision: 1, body: vip(1) });
    lab.plane.documents.set('192.0.2.2', { key: '192.0.2.2', version: 1, revision: 1, body: vip(2) });
    const whole = lab.plane.message({ kind: 'delta' });
    lab.plane.send({ ...whole, documents: whole.documents.slice(0, 1), last: false });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(work.host.size).toBe(0);
    lab.plane.send({ ...whole, documents: whole.documents.slice(1) });
    await until(() => work.host.size === 2);
  });

  it('resumes by position and is sent only what it lacks', async () => {
    lab.plane.put({ '192.0.2.1': vip(1) });
    const { work } = lab.start();
    await until(() => lab.reportedVersion === 1);
    lab.plane.dropStreams();
    lab.plane.put({ '192.0.2.2': vip(2) });
    await until(() => lab.reportedVersion === 2);
    expect(lab.plane.asked).toEqual(['', expect.stringMatching(/epoch=1&version=1$/)]);
    expect(work.reconciled).toEqual([1]);
    expect(work.applied).toHaveLength(1);
  });

  it('disturbs nothing when a snapshot holds exactly what is held', async () => {
    lab.plane.put({ '192.0.2.1': vip(1) });
    const { work } = lab.start();
    await until(() => lab.reportedVersion === 1);
    const reports = lab.plane.reports.length;
    lab.plane.version = 2;
    lab.plane.send(lab.plane.message());
    await until(() => lab.reportedVersion === 2 && lab.plane.reports.length > reports);
    expect(work.reconciled).toHaveLength(1);
    expect(work.applied).toHaveLength(0);
  });

  it('asks for a snapshot when the digest does not add up, and is right again', async () => {
    lab.plane.put({ '192.0.2.1': vip(1) });
    const { work } = lab.start();
    await until(() => lab.reportedVersion === 1);
    // A delta is lost on the way: the next one cannot add up.
    lab.plane.version = 2;
    lab.plane.documents.set('192.0.2.2', { key: '192.0.2.2', version: 2, revision: 2, body: vip(2) });
    lab.plane.put({ '192.0.2.3': vip(3) });
    await until(() => lab.reportedVersion === 3);
    expect(lab.plane.asked).toEqual(['', '']);
    expect([...work.host.keys()].sort()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
  });

  it('does not ask without end for snapshots that do not add up', async () => {
    lab.plane.put({ '192.0.2.1': vip(1) });
    const { work } = lab.start();
    await until(() => lab.reportedVersion === 1);
    const honest = lab.plane.message.bind(lab.plane);
    lab.plane.message = (over) => ({ ...honest(over), digest: '0'.repeat(64) });
    lab.plane.put({ '192.0.2.2': vip(2) });
    await until(() => lab.plane.asked.length === 2);
    // By the usual pauses there would be more by now.
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(lab.plane.asked).toEqual(['', '']);
    expect(work.host.size).toBe(1);
  });

  it('does not ask without end for what would take most VIPs away', async () => {
    lab.plane.put({ '192.0.2.1': vip(1), '192.0.2.2': vip(2), '192.0.2.3': vip(3) });
    const { work } = lab.start();
    await until(() => lab.reportedVersion === 1);
    lab.plane.approves = false;
    lab.plane.put({ '192.0.2.1': null, '192.0.2.2': null });
    await until(() => lab.plane.asked.length === 2);
    // By the usual pauses there would be more by now.
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(lab.plane.asked).toHaveLength(2);
    expect(work.host.size).toBe(3);
  });

  it.each([
    ['ForeignCluster', { cluster: '00000000-0000-4000-8000-000000000000', version: 9 }],
    ['LowerEpoch', { epoch: 0, version: 9 }],
    ['OlderVersion', { version: 1 }],
  ])('keeps what it holds when it is sent something with %s', async (reason, over) => {
    lab.plane.put({ '192.0.2.1': vip(1) });
    lab.plane.put({ '192.0.2.2': vip(2) });
    const { work } = lab.start();
    await until(() => lab.reportedVersion === 2);
    lab.plane.silent = true;
    lab.plane.send(lab.plane.message({ documents: [], digest: '0'.repeat(64), ...over }));
    await until(() => lab.reportedCondition('DocumentsAccepted')?.reason === reason, reason);
    expect(work.host.size).toBe(2);
    expect(work.reconciled).toHaveLength(1);
    lab.plane.send(lab.plane.message({ version: 3 }));
    await until(() => lab.reportedCondition('DocumentsAccepted')?.status === 'True');
  });

  it.each([
    ['no JSON', 'event: documents\ndata: {"kind":\n\n'],
    ['another format', 'event: documents\ndata: {"format":2}\n\n'],
    ['null', 'event: documents\ndata: null\n\n'],
    ['bytes that are no text', 'event: documents\ndata: \u0000\uFFFD\n\n'],
  ])('survives %s, and asks for a snapshot', async (_, text) => {
    lab.plane.put({ '192.0.2.1': vip(1) });
    const { work } = lab.start();
    await until(() => lab.reportedVersion === 1);
    lab.plane.sendRaw(text);
    await until(() => lab.plane.asked.length === 2);
    expect(lab.plane.asked[1]).toBe('');
    lab.plane.put({ '192.0.2.2': vip(2) });
    await until(() => work.host.size === 2);
  });

  it('keeps everything in force when its credential is refused, and goes on when it is not', async () => {
    lab.plane.put({ '192.0.2.1': vip(1) });
    const { work } = lab.start();
    await until(() => lab.reportedVersion === 1);
    lab.plane.refuseWith = 401;
    lab.plane.dropStreams();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(work.host.size).toBe(1);
    lab.plane.refuseWith = undefined;
    lab.plane.put({ '192.0.2.2': vip(2) });
    await until(() => lab.reportedVersion === 2);
  });
});
