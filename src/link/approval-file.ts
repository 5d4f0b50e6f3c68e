/**
 * An operator's word, given on the host itself, for what the control plane knows no change of. It is a file in the state
 * directory, so that the program that runs there finds it, and holds for some minutes: what goes by accident later is
 * another matter. Each kind of word has a file of its own.
 */
import { join } from 'node:path';
import { decodeText, type Decoder } from '../contract/strict-decoder.js';
import { readFileIfThere, writeFileAtomically } from '../platform/state-file.js';

const MODE = 0o600;
const HOLDS_MS = 10 * 60_000;

interface Written {
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What was said, for as long as it holds; undefined from then on. */
export type GivenWord<W> = () => W | undefined;

export class ApprovalFile<W extends Written> {
  constructor(
    private readonly name: string,
    private readonly decode: Decoder<W>,
  ) {}

  async give(stateDir: string, word: W): Promise<void> {
    await writeFileAtomically(join(stateDir, this.name), JSON.stringify(word), { mode: MODE });
  }

  /**
   * A file that cannot be read says nothing. Whoever reads it may keep what was read: it ends by itself.
   * `clock`: milliseconds since 1970.
   */
  async read(stateDir: string, clock = Date.now): Promise<GivenWord<W>> {
    const text = await readFileIfThere(join(stateDir, this.name)).catch(() => undefined);
    const decoded = text === undefined ? undefined : decodeText(this.decode, text);
    if (decoded?.ok !== true) return () => undefined;
    const word = decoded.value;
    return () => (holds(word.at, clock()) ? word : undefined);
  }
}

function holds(at: number, now: number): boolean {
  return now >= at && now - at <= HOLDS_MS;
}
