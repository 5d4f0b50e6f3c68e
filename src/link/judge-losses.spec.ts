import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { EMPTY_SET_DIGEST } from '../contract/digest.js';
import type { Document } from '../contract/documents.js';
import { HeldDocuments, type HeldDocument } from './held/held-documents.js';
import { HEALTH_UNKNOWN, refusedLosses } from './judge-losses.js';

const HEAD = {
  cluster: '3f0c1c9e-3a0e-4f5e-9a3c-1d2e3f4a5b6c',
  epoch: 1,
  version: 1,
  revision: 1,
  seed: 7,
  digest: EMPTY_SET_DIGEST,
};

function service(number: number, ...weights: number[]): Document {
  const servers = weights.map((weight, at) => ({ number: at + 1, address: `192.0.2.${at + 1}`, weight }));
  const place = { address: '198.51.100.1', protocol: 'tcp', port: number, endPort: number } as const;
  const body = { kind: 'service', number, ...place, scheduler: 'maglev', slots: 1, servers } as const;
  return { key: `s${number}`, version: number, revision: 1, body };
}

const gone = (number: number, approval?: number): Document => ({
  key: `s${number}`,
  version: 1_000 + number,
  revision: 1,
  body: null,
  ...(approval === undefined ? {} : { approval }),
});

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

function holding(count: number): HeldDocuments {
  const held = new HeldDocuments();
  held.take(
    HEAD,
    upTo(count).map((number) => service(number, 1, 1)),
  );
  return held;
}

/** What the director knows of its servers. */
let health = HEALTH_UNKNOWN;
afterEach(() => (health = HEALTH_UNKNOWN));

/** Has the changes judged and taken, but for those that are no news. @returns how many were refused. */
function take(held: HeldDocuments, ...batch: Document[]): number {
  const changed = batch.filter(
    ({ key, body, approval }) => body !== null || approval !== undefined || held.documents.has(key),
  );
  const refused = refusedLosses(held, changed, health);
  held.take(
    HEAD,
    changed.map((each) => (refused.has(each.key) ? { ...each, refused: true } : each)),
  );
  return refused.size;
}

describe('losing services without a word', () => {
  it.each([
    [40, 10, 0],
    [40, 11, 11],
    [400, 100, 0],
    [400, 101, 101],
  ])('of %i services %i may go: %i are refused', (all, lost, refused) => {
    expect(take(holding(all), ...upTo(lost).map((number) => gone(number)))).toBe(refused);
  });

  it('counts one by one as at once, and leaves what went before gone', () => {
    const held = holding(40);
    const refused = upTo(12).map((number) => take(held, gone(number)));
    expect(refused).toEqual([...upTo(10).map(() => 0), 1, 1]);
    expect(held.wantedDocuments()).toHaveLength(30);
  });

  it('never takes the last one, however few there were', () => {
    const held = holding(3);
    expect(take(held, gone(1), gone(2))).toBe(0);
    expect(take(held, gone(3))).toBe(1);
    expect(take(holding(3), gone(1), gone(2), gone(3))).toBe(3);
    expect(take(holding(1), gone(1), service(2, 1))).toBe(0);
  });

  it('refuses nothing that was approved, and counts it for nothing', () => {
    const held = holding(40);
    expect(take(held, ...upTo(30).map((number) => gone(number, 5)))).toBe(0);
    expect(held.lapsed.size).toBe(0);
    expect(take(held, gone(31), gone(32))).toBe(0);
    expect(
      take(
        held,
        ...upTo(40)
          .slice(32)
          .map((number) => gone(number, 5)),
      ),
    ).toBe(0);
    expect(held.wantedDocuments()).toHaveLength(0);
  });

  it('puts all else of the batch in force', () => {
    const held = holding(40);
    const changed = [...upTo(11).map((number) => gone(number)), service(12, 5), service(41, 1)];
    expect([...refusedLosses(held, changed, HEALTH_UNKNOWN)].sort()).toEqual(
      upTo(11)
        .map((number) => `s${number}`)
        .sort(),
    );
  });

  it('lets go what is wanted back or was approved since', () => {
    const held = holding(40);
    take(held, ...upTo(11).map((number) => gone(number)));
    const digest = held.heldBackDigest;
    take(held, service(1, 1, 1), gone(2, 9));
    expect([...held.refused.keys()]).toHaveLength(9);
    expect(held.wanted('s1')?.body).not.toBeNull();
    expect(held.wanted('s2')).toBeUndefined();
    expect(held.heldBackDigest).not.toBe(digest);
  });
});

describe('emptying a service', () => {
  it('is refused where its servers shall take nobody new, unless it was approved', () => {
    expect(take(holding(40), service(1, 0, 0))).toBe(1);
    expect(take(holding(40), { ...service(1, 0, 0), approval: 3 })).toBe(0);
    expect(take(holding(40), service(1, 0, 1))).toBe(0);
  });

  it('is over when its drain is, for which nobody has to say a word', () => {
    const held = holding(1);
    expect(take(held, { ...service(1, 0, 0), approval: 3 })).toBe(0);
    expect(take(held, gone(1))).toBe(0);
    expect(held.lapsed.size).toBe(0);
  });

  it('does not count a document that nobody here understands', () => {
    const body: unknown = { kind: 'service', servers: [], of: 'a later program' };
    const strange = { ...service(1), body } as Document;
    expect(take(holding(40), strange)).toBe(0);
    health = () => true;
    expect(take(holding(40), strange)).toBe(0);
  });
});

describe('the last healthy servers of a service, as this director finds them', () => {
  /** Of the two servers of each service. */
  const finds = (first: boolean | null, second: boolean | null) =>
    (health = (server) => (server === 1 ? first : second));

  it('are not taken, though others stay that are dead', () => {
    finds(true, false);
    expect(take(holding(40), service(1, 0, 1))).toBe(1);
    expect(take(holding(40), { ...service(1, 0, 1), approval: 3 })).toBe(0);
    finds(true, null);
    expect(take(holding(40), service(1, 0, 1))).toBe(0);
  });

  it('are not taken with their service either, be it the only one that goes', () => {
    finds(true, false);
    expect(take(holding(40), gone(1))).toBe(1);
    finds(null, false);
    expect(take(holding(40), gone(1))).toBe(0);
  });

  it('may go when they are dead, as far as that is no large loss', () => {
    finds(false, false);
    expect(take(holding(40), service(1, 0, 0))).toBe(0);
    expect(take(holding(40), ...upTo(11).map((number) => gone(number)))).toBe(11);
  });
});

describe('whatever is sent', () => {
  const changes = fc.array(
    fc.record({
      number: fc.integer({ min: 1, max: 60 }),
      becomes: fc.constantFrom('gone', 'approved', 'empty', 'changed'),
    }),
    { minLength: 1, maxLength: 80 },
  );

  const documentOf = ({ number, becomes }: { number: number; becomes: string }): Document => {
    if (becomes === 'gone') return gone(number);
    if (becomes === 'approved') return gone(number, 1);
    return becomes === 'empty' ? service(number, 0) : service(number, 2);
  };

  it('never more goes without a word than may, and a restart knows the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.array(changes, { maxLength: 6 }), (count, batches) => {
        const held = holding(count);
        let most = count;
        for (const batch of batches) {
          const latest = new Map(batch.map((each) => [`s${each.number}`, documentOf(each)]));
          take(held, ...latest.values());
          most = Math.max(most, held.usable().length + held.lapsed.size);
          expect(held.lapsed.size).toBeLessThanOrEqual(Math.max(10, most / 4));
          const restarted = new HeldDocuments();
          restarted.take(HEAD, held.all());
          expect(facts(restarted)).toEqual(facts(held));
        }
      }),
    );
  });
});

function facts(held: HeldDocuments) {
  return {
    wanted: sortedKeys(held.usable()),
    documents: sortedKeys(held.documents.values()),
    lapsed: sortedKeys(held.lapsed.values()),
    digest: held.heldBackDigest,
  };
}

function sortedKeys(documents: Iterable<HeldDocument>): string[] {
  return [...documents].map(({ key, version }) => `${key} ${version}`).sort();
}
