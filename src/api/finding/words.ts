/** Reads `q`: words between spaces and punctuation, as PostgreSQL finds them in what it looks through. Pure. */
import type { Fault } from './read-condition.js';

const LONGEST = 255;

/** All of ASCII that is neither letter nor digit. */
export const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const BETWEEN_WORDS = /[\s!-/:-@[-`{-~]+/u;

export function readWords(text: string): readonly string[] | { readonly fault: Fault } {
  const words = text.split(BETWEEN_WORDS).filter((word) => word !== '');
  if (words.length > 0 && text.length <= LONGEST) return words;
  const message = `must be text of at most ${LONGEST} characters with a letter or a digit in it.`;
  return { fault: { message, hint: 'Such as shop prod.' } };
}

/** Every word as the beginning of one; quotes and backslashes are punctuation, so none is in there. */
export function wordsQuery(words: readonly string[]): string {
  return words.map((word) => `'${word}':*`).join(' & ');
}
