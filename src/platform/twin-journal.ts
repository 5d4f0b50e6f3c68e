/**
 * A journal that is kept twice, for what nobody could tell anew were it lost: a file that was cut, flipped or removed
 * costs nothing as long as the other one is whole. Lines are numbered, so that of two files that a kill left different
 * the one that got further counts.
 */
import { checkedLine, readCheckedLines } from './checked-lines.js';
import { Journal } from './journal.js';
import { readFileIfThere, writeFileAtomically } from './state-file.js';

const COPY = '.copy';
const NUMBERED = /^(\d{1,15}) (.*)$/s;

export interface TwinTexts {
  readonly texts: readonly string[];
  /** False where lines may be missing, at the end or all of them. */
  readonly whole: boolean;
  /** Of the last line; 0 without lines. */
  readonly number: number;
}

/**
 * What stands in the two files; without any, nothing and whole. Rejects where one cannot be read and the other one is not
 * whole: whoever goes on then would write over what may be read another time.
 */
export async function readTwinJournal(path: string): Promise<TwinTexts> {
  const read = await Promise.allSettled([readFileIfThere(path), readFileIfThere(`${path}${COPY}`)]);
  const contents = read.flatMap((each) => (each.status === 'fulfilled' ? (each.value ?? []) : []));
  const files = contents.map(readNumbered);
  const [best] = files.toSorted((a, b) => Number(b.whole) - Number(a.whole) || b.number - a.number);
  const failed = read.find((each) => each.status === 'rejected');
  if (failed !== undefined && best?.whole !== true) throw failed.reason;
  return best ?? { texts: [], whole: true, number: 0 };
}

function readNumbered(content: string): TwinTexts {
  const { texts, sound } = readCheckedLines(Buffer.from(content));
  const lines = texts.map((text) => NUMBERED.exec(text));
  const bad = lines.indexOf(null);
  const good = bad < 0 ? lines : lines.slice(0, bad);
  return {
    texts: good.map((line) => line?.[2] ?? ''),
    // A file is never begun without a line: an empty one was cut.
    whole: sound && bad < 0 && texts.length > 0,
    number: Number(good.at(-1)?.[1] ?? 0),
  };
}

export class TwinJournal {
  private constructor(
    private readonly twins: readonly [Journal, Journal],
    private number: number,
  ) {}

  /** Replaces both files by this one line. Durable when it resolves. `after`: the number of the last line that was. */
  static async begin(path: string, text: string, after: number, mode: number): Promise<TwinJournal> {
    const number = after + 1;
    const { line, checksum } = checkedLine(`${number} ${text}`, 0);
    const begin = async (file: string): Promise<Journal> => {
      await writeFileAtomically(file, line, { mode });
      return Journal.resume(file, mode, checksum);
    };
    // One after the other: at every moment one of them is whole.
    const copy = await begin(`${path}${COPY}`);
    try {
      return new TwinJournal([copy, await begin(path)], number);
    } catch (error) {
      copy.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.twins[0].bytes;
  }

  /** Throws where the disk does not take it; the journal must then be begun anew. */
  append(text: string): void {
    this.number += 1;
    for (const twin of this.twins) twin.append(`${this.number} ${text}`);
  }

  /** The number of the last line. */
  get last(): number {
    return this.number;
  }

  async sync(): Promise<void> {
    await Promise.all(this.twins.map((twin) => twin.sync()));
  }

  close(): void {
    for (const twin of this.twins) twin.close();
  }
}
