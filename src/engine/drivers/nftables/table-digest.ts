/**
 * One short text for all slot tables in force, whatever the order in which they came: directors with equal texts send a
 * new flow to equal servers. The exclusive or of a hash for each service, so a change costs that service alone. It
 * finds differences between parties that trust each other; it is no signature.
 */
import { createHash } from 'node:crypto';
import type { Element } from '../../../forwarding/layout.js';

const BYTES = 8;

/** What stands for a service's slots, and says how they are chosen from. */
const TELLING: ReadonlySet<string> = new Set(['digests', 'classes4', 'classes6', 'spreads']);

export class TableDigest {
  /** By key: of what is in force, and of what may become so. */
  private hashes = new Map<string, bigint>();
  private readonly noted = new Map<string, bigint>();
  private sum = 0n;

  /** 16 hexadecimal digits. */
  get text(): string {
    return this.sum.toString(16).padStart(BYTES * 2, '0');
  }

  note(key: string, elements: readonly Element[]): void {
    this.noted.set(key, hashOf(elements));
  }

  /** What was noted last of the key is in force now. */
  accept(key: string): void {
    const hash = this.noted.get(key) ?? 0n;
    this.sum ^= (this.hashes.get(key) ?? 0n) ^ hash;
    this.noted.delete(key);
    if (hash === 0n) this.hashes.delete(key);
    else this.hashes.set(key, hash);
  }

  startOver(): void {
    this.hashes = new Map();
    this.noted.clear();
    this.sum = 0n;
  }
}

/** 0 where no slot is. */
function hashOf(elements: readonly Element[]): bigint {
  const telling = elements
    .filter(({ map }) => TELLING.has(map))
    .map((each) => `${each.map} ${each.key} ${each.value}`);
  if (telling.length === 0) return 0n;
  return createHash('sha256').update(telling.sort().join('\n')).digest().readBigUInt64BE();
}
