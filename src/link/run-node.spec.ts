import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlPlaneStandIn, CREDENTIAL, JOIN_TOKEN } from '../../test/support/control-plane-stand-in.js';
import { reportDecoder } from '../contract/decode-report.js';
import { untilSo } from '../../test/support/until-so.js';
import type { VipDocument } from '../contract/documents.js';
import { createLogger } from '../platform/logger.js';
import { FakeNodeWork } from './node-work.fake.js';
import { runNode } from './run-node.js';

const logger = createLogger('test', 'silent');

/** A node under test, with all that a restart needs. */
class RunningNode {
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(
    readonly work: FakeNodeWork,
    apiUrl: string,
    joinToken = JOIN_TOKEN,
  ) {
    this.#ended = runNode(work, { apiUrl, joinToken, stateDir }, this.#stop.signal, logger);
    this.#ended.catch(() => undefined);
  }

  get ended(): Promise<void> {
    return this.#ended;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }
}

let stateDir: string;
let plane: ControlPlaneStandIn;
let nodes: RunningNode[];

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'homeward-node-'));
  plane = await ControlPlaneStandIn.start();
  nodes = [];
});

afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop().catch(() => undefined)));
  await plane.close();
  await rm(stateDir, { recursive: true, force: true });
});

function start(work = new FakeNodeWork(), apiUrl = plane.url): RunningNode {
  const node = new RunningNode(work, apiUrl);
  nodes.push(node);
  return node;
}

function vip(last: number, port = 80): VipDocument {
  return { kind: 'vip', address: `192.0.2.${last}`, services: [{ protocol: 'tcp', port, endPort: port }] };
}

const until = (isSo: () => boolean, what = 'it') => untilSo(isSo, what, 4_000);

function reportedVersion(): number | undefined {
  return plane.lastReport?.position?.version;
}

function reportedCondition(type: string) {
  return plane.lastReport?.conditions.find((condition) => condition.type === type);
}

describe('joining', () => {
  it('keeps the credential so that only its owner can read it, and joins once', async () => {
    const first = start();
    await until(() => plane.openStreams === 1);
    await first.stop();
    const second = start();
    await until(() => plane.openStreams === 1);
    await second.stop();
    expect(plane.joins).toHaveLength(1);
    const identity = join(stateDir, 'identity.json');
    expect((await stat(identity)).mode & 0o777).toBe(0o600);
    expect(await readFile(identity, 'utf8')).toContain(CREDENTIAL);
  });

  it('ends with what to do when the token is refused', async () => {
    const node = new RunningNode(new FakeNodeWork(), plane.url, `hwj_${'x'.repeat(43)}`);
    await expect(node.ended).rejects.toThrow(/refused the join token.*Make a new one/s);
  });

  it('tries again as long as the control plane is busy', async () => {
    plane.refuseWith = 503;
    start();
    await until(() => plane.joins.length >= 2);
    plane.refuseWith = undefined;
    await until(() => plane.openStreams === 1);
  });

  it('is refused to a second process in the same state directory', async () => {
    start();
    await until(() => plane.openStreams === 1);
    await expect(new RunningNode(new FakeNodeWork(), plane.url).ended).rejects.toThrow(/Another process/);
  });
});

describe('a host that lost what was in force', () => {
  it('is brought in line again, and what cannot be brought back is reported', async () => {
    plane.put({ '192.0.2.1': vip(1) });
    const { work } = start();
    await until(() => reportedVersion() === 1);
    work.host.clear();
    work.refusing.add('192.0.2.1');
    work.tellLoss();
    await until(() => plane.lastReport?.faults[0]?.key === '192.0.2.1');
    expect(work.reconciled).toEqual([1, 1]);
  });
});

describe('stopping', () => {
  it('lets no other process in before the work has ended', async () => {
    const { work } = start();
    await until(() => plane.openStreams === 1);
    let intruder: unknown;
    work.ending = async () => {
      intruder = await new RunningNode(new FakeNodeWork(), plane.url).ended.catch((error: unknown) => error);
    };
    await nodes[0]?.stop();
    expect(String(intruder)).toContain('Another process');
  });
});

describe('following', () => {
  it('puts a snapshot and then a delta in force, and reports each at once', async () => {
    plane.put({ '192.0.2.1': vip(1) });
    const { work } = start();
    await until(() => reportedVersion() === 1);
    plane.put({ '192.0.2.2': vip(2), '192.0.2.1': null });
    await until(() => reportedVersion() === 2);
    expect([...work.host.keys()]).toEqual(['192.0.2.2']);
    expect(work.reconciled).toEqual([1]);
    expect(work.seeds).toEqual([4711, 4711]);
  });

  it('takes a batch of several parts whole or not at all', async () => {
    const { work } = start();
    await until(() => reportedVersion() === 0);
    plane.version = 1;
    plane.documents.set('192.0.2.1', { key: '192.0.2.1', version: 1, revision: 1, body: vip(1) });
    plane.documents.set('192.0.2.2', { key: '192.0.2.2', version: 1, revision: 1, body: vip(2) });
    const whole = plane.message({ kind: 'delta' });
    plane.send({ ...whole, documents: whole.documents.slice(0, 1), last: false });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(work.host.size).toBe(0);
    plane.send({ ...whole, documents: whole.documents.slice(1) });
    await until(() => work.host.size === 2);
  });

  it('resumes by position and is sent only what it lacks', async () => {
    plane.put({ '192.0.2.1': vip(1) });
    const { work } = start();
    await until(() => reportedVersion() === 1);
    plane.dropStreams();
    plane.put({ '192.0.2.2': vip(2) });
    await until(() => reportedVersion() === 2);
    expect(plane.asked).toEqual(['', expect.stringMatching(/epoch=1&version=1$/)]);
    expect(work.reconciled).toEqual([1]);
    expect(work.applied).toHaveLength(1);
  });

  it('disturbs nothing when a snapshot holds exactly what is held', async () => {
    plane.put({ '192.0.2.1': vip(1) });
    const { work } = start();
    await until(() => reportedVersion() === 1);
    const reports = plane.reports.length;
    plane.version = 2;
    plane.send(plane.message());
    await until(() => reportedVersion() === 2 && plane.reports.length > reports);
    expect(work.reconciled).toHaveLength(1);
    expect(work.applied).toHaveLength(0);
  });

  it('asks for a snapshot when the digest does not add up, and is right again', async () => {
    plane.put({ '192.0.2.1': vip(1) });
    const { work } = start();
    await until(() => reportedVersion() === 1);
    // A delta is lost on the way: the next one cannot add up.
    plane.version = 2;
    plane.documents.set('192.0.2.2', { key: '192.0.2.2', version: 2, revision: 2, body: vip(2) });
    plane.put({ '192.0.2.3': vip(3) });
    await until(() => reportedVersion() === 3);
    expect(plane.asked).toEqual(['', '']);
    expect([...work.host.keys()].sort()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
  });

  it('does not ask without end for snapshots that do not add up', async () => {
    plane.put({ '192.0.2.1': vip(1) });
    const { work } = start();
    await until(() => reportedVersion() === 1);
    const honest = plane.message.bind(plane);
    plane.message = (over) => ({ ...honest(over), digest: '0'.repeat(64) });
    plane.put({ '192.0.2.2': vip(2) });
    await until(() => plane.asked.length === 2);
    // By the usual pauses, 0.4 and 0.8 s at most, there would be another one by now.
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(plane.asked).toEqual(['', '']);
    expect(work.host.size).toBe(1);
  });

  it('does not ask without end for what would take most VIPs away', async () => {
    plane.put({ '192.0.2.1': vip(1), '192.0.2.2': vip(2), '192.0.2.3': vip(3) });
    const { work } = start();
    await until(() => reportedVersion() === 1);
    plane.approves = false;
    plane.put({ '192.0.2.1': null, '192.0.2.2': null });
    await until(() => plane.asked.length === 2);
    // By the usual pauses, 0.4 and 0.8 s at most, there would be another one by now.
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(plane.asked).toHaveLength(2);
    expect(work.host.size).toBe(3);
  });

  it.each([
    ['ForeignCluster', { cluster: '00000000-0000-4000-8000-000000000000', version: 9 }],
    ['LowerEpoch', { epoch: 0, version: 9 }],
    ['OlderVersion', { version: 1 }],
  ])('keeps what it holds when it is sent something with %s', async (reason, over) => {
    plane.put({ '192.0.2.1': vip(1) });
    plane.put({ '192.0.2.2': vip(2) });
    const { work } = start();
    await until(() => reportedVersion() === 2);
    plane.silent = true;
    plane.send(plane.message({ documents: [], digest: '0'.repeat(64), ...over }));
    await until(() => reportedCondition('DocumentsAccepted')?.reason === reason, reason);
    expect(work.host.size).toBe(2);
    expect(work.reconciled).toHaveLength(1);
    plane.send(plane.message({ version: 3 }));
    await until(() => reportedCondition('DocumentsAccepted')?.status === 'True');
  });

  it.each([
    ['no JSON', 'event: documents\ndata: {"kind":\n\n'],
    ['another format', 'event: documents\ndata: {"format":2}\n\n'],
    ['null', 'event: documents\ndata: null\n\n'],
    ['bytes that are no text', 'event: documents\ndata: \u0000\uFFFD\n\n'],
  ])('survives %s, and asks for a snapshot', async (_, text) => {
    plane.put({ '192.0.2.1': vip(1) });
    const { work } = start();
    await until(() => reportedVersion() === 1);
    plane.sendRaw(text);
    await until(() => plane.asked.length === 2);
    expect(plane.asked[1]).toBe('');
    plane.put({ '192.0.2.2': vip(2) });
    await until(() => work.host.size === 2);
  });

  it('keeps everything in force when its credential is refused, and goes on when it is not', async () => {
    plane.put({ '192.0.2.1': vip(1) });
    const { work } = start();
    await until(() => reportedVersion() === 1);
    plane.refuseWith = 401;
    plane.dropStreams();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(work.host.size).toBe(1);
    plane.refuseWith = undefined;
    plane.put({ '192.0.2.2': vip(2) });
    await until(() => reportedVersion() === 2);
  });
});

describe('starting again', () => {
  it('puts the last known good in force without a control plane', async () => {
    plane.put({ '192.0.2.1': vip(1), '192.0.2.2': vip(2) });
    const first = start();
    await until(() => reportedVersion() === 1);
    await first.stop();
    expect(first.work.host.size).toBe(2);
    const { work } = start(new FakeNodeWork(), 'http://127.0.0.1:9');
    await until(() => work.host.size === 2);
    expect(work.reconciled).toEqual([2]);
  });

  it('leaves the host alone as long as nothing was ever handed to it', async () => {
    const { work } = start(new FakeNodeWork(), 'http://127.0.0.1:9');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(work.reconciled).toEqual([]);
  });

  it('sends no report before what it held from an earlier run was tried', async () => {
    plane.put({ '192.0.2.1': vip(1) });
    const first = start();
    await until(() => reportedVersion() === 1);
    await first.stop();
    const before = plane.reports.length;
    const work = new FakeNodeWork();
    work.gate = new Promise((resolve) => setTimeout(resolve, 60));
    start(work);
    await until(() => plane.reports.length > before);
    expect(plane.reports[before]?.position?.version).toBe(1);
  });
});

describe('reporting', () => {
  it('is complete at first, after a snapshot and when asked; else it carries what changed', async () => {
    plane.put({ '192.0.2.1': vip(1) });
    const { work } = start();
    await until(() => reportedVersion() === 1);
    await until(() => work.acknowledgements === plane.reports.length);
    expect(plane.reports.some((report) => report.role === 'agent' && report.complete)).toBe(true);
    const settled = plane.reports.length;
    plane.put({ '192.0.2.2': vip(2) });
    await until(() => reportedVersion() === 2);
    expect(plane.reports.slice(settled)).toMatchObject([{ complete: false }]);
    plane.demandComplete = true;
    work.tellChange();
    await until(() => plane.reports.length === settled + 3);
    expect(plane.reports.slice(settled + 1)).toMatchObject([{ complete: false }, { complete: true }]);
  });

  it('numbers its reports upwards, over restarts too', async () => {
    plane.put({ '192.0.2.1': vip(1) });
    const first = start();
    await until(() => reportedVersion() === 1);
    await first.stop();
    const before = plane.reports.length;
    const second = start();
    await until(() => plane.reports.length > before);
    await second.stop();
    const numbers = plane.reports.map(({ sequence }) => sequence);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  });

  it('goes on past what the control plane has taken, where an earlier run had a clock that was ahead', async () => {
    plane.sequence = (Date.now() + 3_600_000) * 1_000;
    const ahead = plane.sequence;
    plane.put({ '192.0.2.1': vip(1) });
    const { work } = start();
    await until(() => reportedVersion() === 1);
    expect(plane.lastReport?.sequence).toBeGreaterThan(ahead);
    await until(
      () => work.acknowledgements === plane.reports.length,
      'only taken reports to be acknowledged',
    );
  });

  it('names a document that cannot be put in force, and the others are', async () => {
    const work = new FakeNodeWork();
    work.refusing.add('192.0.2.1');
    plane.put({ '192.0.2.1': vip(1), '192.0.2.2': vip(2) });
    start(work);
    await until(() => reportedVersion() === 1);
    expect(plane.lastReport?.faults).toMatchObject([{ key: '192.0.2.1', versionInForce: null }]);
    expect([...work.host.keys()]).toEqual(['192.0.2.2']);
  });

  it('is taken by the control plane whatever programs of the host print', async () => {
    const work = new FakeNodeWork();
    const message = `${'RTNETLINK answers: 🙈\n'.repeat(500)}\0\ud83d`;
    work.besides = [{ key: '192.0.2.1', versionInForce: null, reason: 'Lost', message }];
    work.telling = message;
    plane.put({ '192.0.2.1': vip(1), '192.0.2.2': vip(2) });
    start(work);
    await until(() => reportedVersion() === 1);
    const decoded = reportDecoder('agent')(plane.lastReport);
    expect(decoded).toMatchObject({ ok: true });
    const told = [...(plane.lastReport?.faults ?? []), ...(plane.lastReport?.conditions ?? [])];
    expect(told.filter((each) => each.message.endsWith('… and more'))).toHaveLength(2);
    expect(plane.lastReport).toMatchObject({ vips: [{ message: expect.stringContaining('and more') }] });
    expect(JSON.stringify(plane.lastReport)).not.toMatch(/\p{Surrogate}|\\ud83d|\\u0000/u);
  });

  it('sends changes that come fast in few reports, never two at a time', async () => {
    start();
    await until(() => reportedVersion() === 0);
    const before = plane.reports.length;
    for (let round = 1; round <= 200; round++) plane.put({ '192.0.2.1': vip(1, round) });
    await until(() => reportedVersion() === 200);
    expect(plane.reports.length - before).toBeLessThan(100);
  });
});
