import { describe, expect, it } from 'vitest';
import { documentDigest, EMPTY_SET_DIGEST, toggleInSetDigest } from '../contract/digest.js';
import type { Document } from '../contract/documents.js';
import { HeldDocuments } from './held/held-documents.js';
import { judgeBatch, type Batch } from './judge-batch.js';

const CLUSTER = '3f0c1c9e-3a0e-4f5e-9a3c-1d2e3f4a5b6c';
const MEMBER = { cluster: CLUSTER, role: 'agent' } as const;

function vip(last: number, version: number, port = 80): Document {
  const address = `192.0.2.${last}`;
  const services = [{ protocol: 'tcp', port, endPort: port }] as const;
  return { key: address, version, revision: 1, body: { kind: 'vip', address, services } };
}

function digestOf(...documents: Document[]): string {
  return documents.reduce(
    (digest, { key, body }) =>
      body === null ? digest : toggleInSetDigest(digest, documentDigest(key, body)),
    EMPTY_SET_DIGEST,
  );
}

function holding(version: number, ...documents: Document[]): HeldDocuments {
  const held = new HeldDocuments();
  const digest = digestOf(...documents);
  held.take({ cluster: CLUSTER, epoch: 2, version, revision: 1, seed: 7, digest }, documents);
  return held;
}

function batch(over: Partial<Batch>): Batch {
  return {
    kind: 'delta',
    cluster: CLUSTER,
    epoch: 2,
    version: 10,
    revision: 1,
    seed: 7,
    digest: EMPTY_SET_DIGEST,
    documents: [],
    ...over,
  };
}

describe('judging a batch', () => {
  it('takes a first snapshot whole', () => {
    const documents = [vip(1, 3), vip(2, 4)];
    const judged = judgeBatch(
      new HeldDocuments(),
      MEMBER,
      batch({ kind: 'snapshot', documents, digest: digestOf(...documents) }),
    );
    expect(judged).toMatchObject({ taken: true, whole: true, changed: documents });
  });

  it('takes a delta and leaves out what is held already', () => {
    const held = holding(9, vip(1, 3), vip(2, 4));
    const documents = [vip(2, 4), vip(3, 10)];
    const judged = judgeBatch(
      held,
      MEMBER,
      batch({ documents, digest: digestOf(vip(1, 3), vip(2, 4), vip(3, 10)) }),
    );
    expect(judged).toMatchObject({ taken: true, whole: false, changed: [vip(3, 10)] });
  });

  it('finds nothing to do in a snapshot of exactly what is held', () => {
    const documents = [vip(1, 3), vip(2, 4)];
    const judged = judgeBatch(
      holding(9, ...documents),
      MEMBER,
      batch({ kind: 'snapshot', documents, digest: digestOf(...documents) }),
    );
    expect(judged).toMatchObject({ taken: true, whole: false, changed: [] });
  });

  it('removes what a snapshot does not name', () => {
    const judged = judgeBatch(
      holding(9, vip(1, 3), vip(2, 4)),
      MEMBER,
      batch({ kind: 'snapshot', documents: [vip(2, 4)], digest: digestOf(vip(2, 4)) }),
    );
    expect(judged).toMatchObject({ taken: true, whole: true, changed: [{ key: '192.0.2.1', body: null }] });
  });

  it('keeps the newer body when an older delta of the same epoch comes late', () => {
    const held = holding(10, vip(1, 8, 443));
    const judged = judgeBatch(
      held,
      MEMBER,
      batch({ documents: [vip(1, 3)], digest: digestOf(vip(1, 8, 443)) }),
    );
    expect(judged).toMatchObject({ taken: true, changed: [] });
  });

  it('brings everything in line when the seed moved', () => {
    const held = holding(9, vip(1, 3));
    const judged = judgeBatch(held, MEMBER, batch({ seed: 8, digest: digestOf(vip(1, 3)) }));
    expect(judged).toMatchObject({ taken: true, whole: true });
  });

  it('takes a lower version of a higher epoch, which is what a restore gives', () => {
    const judged = judgeBatch(
      holding(9, vip(1, 3)),
      MEMBER,
      batch({ kind: 'snapshot', epoch: 3, version: 2, documents: [vip(1, 2)], digest: digestOf(vip(1, 2)) }),
    );
    expect(judged).toMatchObject({ taken: true, head: { epoch: 3, version: 2 } });
  });

  it.each([
    ['ForeignCluster', { cluster: '00000000-0000-4000-8000-000000000000' }],
    ['LowerEpoch', { epoch: 1, version: 99 }],
    ['OlderVersion', { version: 8 }],
    ['DigestMismatch', { documents: [vip(3, 10)] }],
    ['DigestMismatch', { kind: 'snapshot', documents: [vip(1, 3)], digest: EMPTY_SET_DIGEST }],
  ] as const)('refuses with %s', (reason, over) => {
    const judged = judgeBatch(holding(9, vip(1, 3)), MEMBER, batch(over));
    expect(judged).toMatchObject({ taken: false, reason });
  });
});

describe('letting go of more than half of the VIPs at once', () => {
  const five = [1, 2, 3, 4, 5].map((last) => vip(last, 3));
  const held = () => holding(9, ...five);
  const gone = (last: number, approval?: number): Document => ({
    ...vip(last, 10),
    body: null,
    ...(approval === undefined ? {} : { approval }),
  });
  const snapshot = (...documents: Document[]) =>
    batch({ kind: 'snapshot', documents, digest: digestOf(...documents) });
  const delta = (left: Document[], ...documents: Document[]) =>
    batch({ documents, digest: digestOf(...left) });

  it('is refused where they are simply listed no more, and says how many and what to do', () => {
    const judged = judgeBatch(held(), MEMBER, snapshot(vip(1, 3), vip(2, 3)));
    expect(judged).toMatchObject({ taken: false, reason: 'ReleaseRefused' });
    expect(judged.taken ? '' : judged.message).toContain('3 of the 5 VIPs');
    expect(judgeBatch(held(), MEMBER, snapshot())).toMatchObject({ reason: 'ReleaseRefused' });
  });

  it('is refused where documents say so, but not by whose change', () => {
    const left = [vip(4, 3), vip(5, 3)];
    expect(judgeBatch(held(), MEMBER, delta(left, gone(1), gone(2), gone(3)))).toMatchObject({
      reason: 'ReleaseRefused',
    });
  });

  it('is taken with an approval, in a delta and in a snapshot', () => {
    const approved = [gone(1, 10), gone(2, 10), gone(3, 10)];
    const left = [vip(4, 3), vip(5, 3)];
    expect(judgeBatch(held(), MEMBER, delta(left, ...approved))).toMatchObject({ changed: approved });
    expect(judgeBatch(held(), MEMBER, snapshot(...left, ...approved))).toMatchObject({ changed: approved });
  });

  it('counts what nobody approved alone, and only among what the others leave', () => {
    const some = [gone(1, 10), gone(2, 10), gone(3)];
    expect(judgeBatch(held(), MEMBER, delta([vip(4, 3), vip(5, 3)], ...some)).taken).toBe(true);
    const more = delta([vip(5, 3)], ...some, gone(4));
    expect(judgeBatch(held(), MEMBER, more)).toMatchObject({ reason: 'ReleaseRefused' });
  });

  it('is no matter where half of them stay', () => {
    expect(judgeBatch(held(), MEMBER, snapshot(vip(1, 3), vip(2, 3), vip(3, 3))).taken).toBe(true);
  });

  it('is refused of the only one as well, and taken with an approval', () => {
    const one = holding(9, vip(1, 3));
    expect(judgeBatch(one, MEMBER, snapshot())).toMatchObject({ reason: 'ReleaseRefused' });
    expect(judgeBatch(one, MEMBER, delta([], gone(1)))).toMatchObject({ reason: 'ReleaseRefused' });
    expect(judgeBatch(one, MEMBER, delta([], gone(1, 10))).taken).toBe(true);
  });

  /** Has the batch taken by what holds it. */
  function take(into: HeldDocuments, next: Batch): void {
    const judged = judgeBatch(into, MEMBER, next);
    if (!judged.taken) throw new Error(judged.message);
    into.take(judged.head, judged.changed);
  }

  it('is refused in several batches as in one, also after a restart', () => {
    const before = held();
    take(
      before,
      delta(
        [3, 4, 5].map((last) => vip(last, 3)),
        gone(1),
        gone(2),
      ),
    );
    const restarted = new HeldDocuments();
    if (before.head !== null) restarted.take(before.head, before.all());
    for (const host of [before, restarted]) {
      const judged = judgeBatch(host, MEMBER, delta([vip(4, 3), vip(5, 3)], gone(3)));
      expect(judged).toMatchObject({ reason: 'ReleaseRefused' });
      expect(judged.taken ? '' : judged.message).toContain('3 of the 5 VIPs');
      expect(judgeBatch(host, MEMBER, delta([vip(4, 3), vip(5, 3)], gone(3, 10))).taken).toBe(true);
    }
  });

  it('does not count what is wanted again, or what an operator has approved since', () => {
    const left = [vip(3, 3), vip(4, 3), vip(5, 3)];
    const host = held();
    take(host, delta(left, gone(1), gone(2)));
    const again = delta([vip(1, 10), vip(4, 3), vip(5, 3)], vip(1, 10), gone(2, 10), gone(3));
    take(host, again);
    expect([...host.lapsed.keys()]).toEqual([vip(3, 3).key]);
  });

  it('holds up nothing that has an approval, whatever went before without one', () => {
    const host = held();
    take(host, delta([vip(3, 3), vip(4, 3), vip(5, 3)], gone(1), gone(2)));
    take(host, delta([], gone(3, 10), gone(4, 10), gone(5, 10)));
    expect(host.documents.size).toBe(0);
  });

  it('is taken where an operator said so on the host, and then by their word', () => {
    const left = [vip(4, 3), vip(5, 3)];
    const some = delta(left, gone(1), gone(2), gone(3));
    const approves =
      (...lasts: number[]) =>
      (key: string) =>
        lasts.some((last) => key === vip(last, 3).key);
    expect(judgeBatch(held(), MEMBER, some, approves(1))).toMatchObject({
      changed: [gone(1, 1), gone(2), gone(3)],
    });
    expect(judgeBatch(held(), MEMBER, some, approves(4, 5))).toMatchObject({ reason: 'ReleaseRefused' });
  });

  it('is told the host also where it holds no documents any more, once', () => {
    const nothing = new HeldDocuments();
    const judged = judgeBatch(nothing, MEMBER, snapshot(gone(1, 10), gone(2)));
    expect(judged).toMatchObject({ changed: [gone(1, 10)] });
    if (judged.taken) nothing.take(judged.head, judged.changed);
    expect([...nothing.released.keys()]).toEqual([vip(1, 3).key]);
    expect(judgeBatch(nothing, MEMBER, snapshot(gone(1, 10)))).toMatchObject({ changed: [], whole: false });
  });

  it('is not judged so for a director, nor after the host joined another installation', () => {
    expect(judgeBatch(held(), { ...MEMBER, role: 'director' }, snapshot()).taken).toBe(true);
    const cluster = '00000000-3a0e-4f5e-9a3c-1d2e3f4a5b6c';
    const member = { ...MEMBER, cluster };
    const judged = judgeBatch(held(), member, { ...snapshot(), cluster });
    expect(judged.taken && judged.changed.map(({ approval }) => approval)).toEqual([1, 1, 1, 1, 1]);
  });
});
