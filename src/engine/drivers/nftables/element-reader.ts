/**
 * Asks the kernel for single elements, and for what is in the maps that it fills, through element-reader-text.ts. What a
 * reading costs follows from what is asked, not from what else is in the table; but a scan goes through a whole map, and
 * the kernel needs more than in proportion for large ones, so every reading has its time and ends with what it has.
 */
import type { CommandRunner } from '../../../platform/command-runner.js';
import { ELEMENT_READER } from './element-reader-text.js';

/** An element that is there. */
export interface FoundElement {
  readonly map: string;
  /** Hexadecimal, see kernel-keys.ts. */
  readonly key: string;
  readonly value: string;
  /** Null: it does not count. */
  readonly packets: number | null;
  readonly bytes: number | null;
  /** Null: it stays. */
  readonly expiresInMs: number | null;
}

export interface ElementCount {
  readonly map: string;
  /** The value of the elements that are counted. */
  readonly what: string;
  readonly count: number;
}

export interface Reading {
  readonly found: readonly FoundElement[];
  readonly counts: readonly ElementCount[];
  /** False: the time was up before everything was looked at. */
  readonly complete: boolean;
}

/** Beyond its own clock, until the program is killed. */
const GRACE_MS = 2_000;

export async function readElements(
  commands: CommandRunner,
  requests: readonly string[],
  seconds: number,
): Promise<Reading> {
  return parseReading(await askKernel(commands, ['gently', ...requests], seconds));
}

/** What element-reader-text.ts prints in answer to these requests. */
export function askKernel(
  commands: CommandRunner,
  requests: readonly string[],
  seconds: number,
): Promise<string> {
  const input = [ELEMENT_READER, '__END__', `seconds ${seconds}`, ...requests, ''].join('\n');
  // The text comes over standard input, so that no message about a failure quotes it.
  return commands.run(['perl', '-'], { input, timeoutMs: seconds * 1_000 + GRACE_MS });
}

export function getRequest(map: string, key: string): string {
  return `get ${map} ${key}`;
}

/** Which flows to count, and which to show. */
export interface FlowScan {
  /** How the keys begin. */
  readonly prefix: string;
  /** Only keys above this one. */
  readonly after?: string | undefined;
  /** Only flows to these servers; none: to any. */
  readonly servers: readonly string[];
  /** How many to show; all are counted. */
  readonly limit: number;
}

export function scanRequest(map: string, { prefix, after = '', servers, limit }: FlowScan): string {
  return ['scan', map, ...[prefix, after, servers.join(',')].map((text) => text || '-'), limit].join(' ');
}

export function parseReading(printed: string): Reading {
  const lines = printed.split('\n').map((line) => line.split(' '));
  return {
    found: lines.flatMap(foundElement),
    counts: lines.flatMap(([verb, map = '', what = '', count]) =>
      verb === 'count' ? [{ map, what, count: Number(count) }] : [],
    ),
    complete: lines.some(([verb]) => verb === 'done'),
  };
}

/** One that is not there is printed without a value. */
function foundElement([verb, map = '', key = '', value, ...rest]: readonly string[]): FoundElement[] {
  if ((verb !== 'get' && verb !== 'flow') || value === undefined) return [];
  const [packets, bytes, expires] = verb === 'flow' ? [undefined, undefined, rest[0]] : rest;
  const known = (text: string | undefined) => (text === undefined || text === '-' ? null : Number(text));
  return [{ map, key, value, packets: known(packets), bytes: known(bytes), expiresInMs: known(expires) }];
}
