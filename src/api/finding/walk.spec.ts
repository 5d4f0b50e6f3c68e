import { describe, expect, it } from 'vitest';
import type { Place } from './find-places.js';
import { walk, type Walk, type Walked } from './walk.js';

const order = [{ field: 'id', descending: false }];

/** A list of so many objects, of which some belong on the page. */
function list(
  count: number,
  belongs: (index: number) => boolean,
  size = 0,
): Walk<number> & { asked: number[] } {
  const asked: number[] = [];
  const places = Array.from({ length: count }, (_, index): Place => ({
    id: `${index}`,
    position: [`${index}`],
    size,
  }));
  return {
    order,
    limit: 10,
    isSieving: true,
    asked,
    next: async (after, wanted) => {
      const from = after === null ? 0 : Number(after[0]) + 1;
      return places.slice(from, from + wanted);
    },
    read: async (chunk) => {
      asked.push(chunk.length);
      return chunk.flatMap((place) =>
        belongs(Number(place.id)) ? [{ place, object: Number(place.id) }] : [],
      );
    },
  };
}

/** Every page there is, by the positions that the cursors hold. */
async function pages(all: Walk<number>): Promise<number[][]> {
  const found: number[][] = [];
  let after: readonly string[] | null = null;
  for (;;) {
    const { items, nextCursor }: Walked<number> = await walk(all, after);
    found.push([...items]);
    if (nextCursor === null) return found;
    after = (JSON.parse(Buffer.from(nextCursor, 'base64url').toString()) as string[]).slice(1);
  }
}

describe('a page of a list that has to be sieved', () => {
  it.each([1, 2, 3, 7, 50, 1000])('holds what belongs on it, each once: one of %i', async (every) => {
    const found = await pages(list(1_234, (index) => index % every === 0));
    const expected = Array.from({ length: Math.ceil(1_234 / every) }, (_, index) => index * every);
    expect(found.flat()).toEqual(expected);
  });

  it('ends when enough was looked at, and says where to go on', async () => {
    const all = list(20_000, () => false, 4);
    const { items, nextCursor } = await walk(all, null);
    expect([items, all.asked.length]).toEqual([[], 10]);
    expect(nextCursor).not.toBeNull();
  });

  it('that is full just at the end of the list names no next one', async () => {
    const { items, nextCursor } = await walk(
      list(10, () => true),
      null,
    );
    expect([items.length, nextCursor]).toEqual([10, null]);
  });

  it('reads no more at once than its objects bring along', async () => {
    const all = list(30, () => true, 900);
    await walk({ ...all, limit: 5 }, null);
    expect(all.asked).toEqual([2, 2, 2]);
  });
});
