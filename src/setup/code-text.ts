/**
 * Text of a script that people will run as administrators. It is made of templates of ours and of values that have been
 * read as what they are: an address, a whole number, a word of a list. The type keeps every other text out, and nothing
 * is ever escaped, because nothing gets in that would need it. Pure.
 */
import { isCanonicalAddress } from '../contract/canonical-address.js';

declare const mark: unique symbol;

export type Code = string & { readonly [mark]: true };

/** A template whose gaps take code alone. */
export function code(texts: TemplateStringsArray, ...parts: readonly Code[]): Code {
  return String.raw({ raw: texts }, ...parts) as Code;
}

export function joinCode(parts: readonly Code[], separator: ' ' | '\n' | '\n\n'): Code {
  return parts.join(separator) as Code;
}

/** In quotes, which mean the same to PowerShell and to a shell. */
export function addressCode(address: string): Code {
  if (!isCanonicalAddress(address))
    throw new Error('only an address in its canonical spelling gets into a script');
  return `'${address}'` as Code;
}

export function numberCode(value: number): Code {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error('only a whole number gets into a script');
  return `${value}` as Code;
}

/** A word without quotes, letters and digits with dashes, dots or underscores between them. */
export function wordCode(word: string): Code {
  if (!/^[A-Za-z0-9]+(?:[-._]+[A-Za-z0-9]+)*$/.test(word)) throw new Error('only a word gets into a script');
  return word as Code;
}

/** A line of nft for a here-document whose end is quoted, where a shell leaves everything alone. */
export function nftCode(line: string): Code {
  if (!/^[A-Za-z0-9@:,.!=" -]+$/.test(line)) throw new Error('only a line of nft gets into a script');
  return line as Code;
}

/** What follows a # on one line. */
export function commentCode(text: string): Code {
  if (!/^[\x20-\x7e]*$/.test(text)) throw new Error('only one line of ASCII gets into a comment');
  return `# ${text}` as Code;
}
