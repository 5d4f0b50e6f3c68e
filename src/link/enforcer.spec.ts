import { afterEach, describe, expect, it } from 'vitest';
import { untilSo } from '../../test/support/until-so.js';
import type { Document, VipDocument } from '../contract/documents.js';
import { createLogger } from '../platform/logger.js';
import { Enforcer } from './enforcer.js';
import { HeldDocuments } from './held/held-documents.js';
import { FakeNodeWork } from './node-work.fake.js';

const RETRY_MS = 20;
let enforcer: Enforcer<never> | undefined;

afterEach(() => enforcer?.stop());

function vip(last: number, version: number): Document {
  const address = `192.0.2.${last}`;
  return { key: address, version, revision: 1, body: { kind: 'vip', address, services: [] } };
}

function gone(last: number, version: number): Document {
  return { ...vip(last, version), body: null };
}

/** Of a contract that is still to come. */
function newer(last: number, version: number): Document {
  const { key, revision, body } = vip(last, version);
  return { key, version, revision, body: { ...body, later: true } as unknown as VipDocument };
}

function raise(): never {
  throw new Error('nothing is held');
}

function start() {
  const work = new FakeNodeWork();
  const held = new HeldDocuments();
  const made = new Enforcer(work, held, createLogger('test', 'silent'), () => undefined, RETRY_MS);
  enforcer = made as Enforcer<never>;
  let version = 0;
  const take = (changed: readonly Document[], whole = false) => {
    version += 1;
    const digest = '0'.repeat(64);
    held.take({ cluster: 'c', epoch: 1, version, revision: 1, seed: 7, digest }, changed);
    made.enforce(changed, whole);
  };
  return { work, held, enforcer: made, take };
}

const until = (isSo: () => boolean) => untilSo(isSo, 'the enforcer', 2_000);

function closedGate(): { gate: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  return { gate, open };
}

describe('the enforcer', () => {
  it('begins an apply in the same step as a document is taken', () => {
    const { work, take } = start();
    take([vip(1, 1)]);
    expect(work.applied).toHaveLength(1);
  });

  it('says what is in force only when it is', async () => {
    const { work, enforcer: made, take } = start();
    const { gate, open } = closedGate();
    work.gate = gate;
    take([vip(1, 1)]);
    expect(made.enforced.head).toBeNull();
    open();
    await until(() => made.enforced.head?.version === 1);
    expect([...work.host.keys()]).toEqual(['192.0.2.1']);
  });

  it('merges what arrives during an apply by key: the first before, the last after', async () => {
    const { work, enforcer: made, take } = start();
    take([vip(1, 1)]);
    await until(() => made.enforced.head?.version === 1);
    const { gate, open } = closedGate();
    work.gate = gate;
    take([vip(1, 2)]);
    take([vip(1, 3), vip(2, 3)]);
    take([vip(1, 4)]);
    take([gone(2, 5)]);
    open();
    await until(() => made.enforced.head?.version === 5);
    expect(work.applied).toHaveLength(3);
    expect(work.applied[2]).toEqual([
      { key: '192.0.2.1', before: vip(1, 2), after: vip(1, 4) },
      { key: '192.0.2.2', before: null, after: gone(2, 5) },
    ]);
    expect(work.mostAtOnce).toBe(1);
  });

  it('comes to the place in the history of a batch that changed nothing and arrived during an apply', async () => {
    const { work, enforcer: made, take } = start();
    const { gate, open } = closedGate();
    work.gate = gate;
    take([vip(1, 1)]);
    take([]);
    open();
    await until(() => made.enforced.head?.version === 2);
  });

  it('keeps a fault with the version that is in force, tries again, and clears it', async () => {
    const { work, enforcer: made, take } = start();
    take([vip(1, 1)]);
    await until(() => made.enforced.head?.version === 1);
    work.refusing.add('192.0.2.1');
    take([vip(1, 2), vip(2, 2)]);
    await until(() => made.enforced.faults.length === 1);
    expect(made.enforced.faults).toMatchObject([{ key: '192.0.2.1', versionInForce: 1 }]);
    expect(work.host.has('192.0.2.2')).toBe(true);
    work.refusing.clear();
    await until(() => made.enforced.faults.length === 0);
    expect(work.applied.at(-1)).toEqual([{ key: '192.0.2.1', before: vip(1, 1), after: vip(1, 2) }]);
  });

  it('keeps a fault of a document that the apply was not about, and tries that document again', async () => {
    const { work, enforcer: made, take } = start();
    take([vip(1, 1), vip(2, 1)]);
    await until(() => made.enforced.head?.version === 1);
    const fault = { key: '192.0.2.1', versionInForce: null, reason: 'Lost', message: 'it went away' };
    work.besides = [fault];
    take([vip(2, 2)]);
    await until(() => made.enforced.head?.version === 2);
    expect(made.enforced.faults).toEqual([fault]);
    work.besides = [];
    await until(() => made.enforced.faults.length === 0);
    expect(work.applied.at(-1)).toEqual([{ key: '192.0.2.1', before: null, after: vip(1, 1) }]);
  });

  it('keeps a fault of something that no document names, until it is gone', async () => {
    const { work, enforcer: made, take } = start();
    work.besides = [{ key: '192.0.2.9', versionInForce: null, reason: 'Stuck', message: 'it stays' }];
    take([vip(1, 1)], true);
    await until(() => made.enforced.head?.version === 1);
    expect(made.enforced.faults).toEqual(work.besides);
    work.besides = [];
    await until(() => made.enforced.faults.length === 0);
    expect(work.applied.at(-1)).toEqual([{ key: '192.0.2.9', before: null, after: gone(9, 1) }]);
  });

  it('tries a whole set again that could not be judged, and names the failure meanwhile', async () => {
    const { work, enforcer: made, take } = start();
    work.failing = true;
    take([vip(1, 1)], true);
    await until(() => made.enforced.failure !== null);
    expect(made.enforced.head).toBeNull();
    work.failing = false;
    await until(() => made.enforced.head !== null);
    expect(work.reconciled.length).toBeGreaterThan(1);
    expect(made.enforced.failure).toBeNull();
  });

  it('loses no change of an apply that failed, and lets the newer of two win', async () => {
    const { work, enforcer: made, take } = start();
    work.failing = true;
    take([vip(1, 1), vip(2, 1)]);
    await until(() => made.enforced.failure !== null);
    work.failing = false;
    take([vip(2, 2)]);
    await until(() => made.enforced.head?.version === 2);
    expect([...work.host.values()]).toEqual([vip(1, 1), vip(2, 2)]);
  });

  it('puts the others in force when one document is not understood', async () => {
    const { work, enforcer: made, take } = start();
    const bad = { ...vip(1, 1), body: { kind: 'mystery' } } as unknown as Document;
    for (const whole of [true, false]) {
      take([bad, vip(2, 1)], whole);
      await until(() => made.enforced.head !== null && work.host.has('192.0.2.2'));
      expect(made.enforced.faults).toMatchObject([{ key: '192.0.2.1', reason: 'NotUnderstood' }]);
      expect(work.host.has('192.0.2.1')).toBe(false);
    }
  });

  it('keeps the former document in force where a new one is not understood, also after a restart', async () => {
    const { work, held, enforcer: made, take } = start();
    take([vip(1, 1)]);
    await until(() => made.enforced.head?.version === 1);
    for (const whole of [false, true]) {
      take([newer(1, held.head?.version ?? 0)], whole);
      await until(() => made.enforced.head?.version === held.head?.version);
      expect(work.host.get('192.0.2.1')).toEqual(vip(1, 1));
      expect(made.enforced.faults).toMatchObject([{ reason: 'NotUnderstood', versionInForce: 1 }]);
    }
    const again = start();
    for (const document of held.all()) again.held.take(held.head ?? raise(), [document]);
    again.take([], true);
    await until(() => again.enforcer.enforced.head !== null);
    expect(again.work.host.get('192.0.2.1')).toEqual(vip(1, 1));
    expect(again.enforcer.enforced.faults).toMatchObject([{ reason: 'NotUnderstood', versionInForce: 1 }]);
    again.take([gone(1, 9)]);
    await until(() => again.enforcer.enforced.faults.length === 0);
    expect(again.work.host.size).toBe(0);
  });

  it('has what was never understood left alone, and what is gone taken away', async () => {
    const { work, enforcer: made, take } = start();
    for (const each of [vip(1, 1), vip(2, 1)]) work.host.set(each.key, each as Document<VipDocument>);
    take([newer(1, 1)], true);
    await until(() => made.enforced.head !== null);
    expect([...work.host.keys()]).toEqual(['192.0.2.1']);
    expect(made.enforced.faults).toMatchObject([{ reason: 'NotUnderstood', versionInForce: null }]);
  });

  it('finishes the running apply when it is stopped, and begins no other', async () => {
    const { work, enforcer: made, take } = start();
    const { gate, open } = closedGate();
    work.gate = gate;
    take([vip(1, 1)]);
    take([vip(2, 2)]);
    const stopped = made.stop();
    open();
    await stopped;
    expect([...work.host.keys()]).toEqual(['192.0.2.1']);
  });
});
