/**
 * The time from starting an engine, on a host whose kernel knows nothing of Homeward, until everything that the engine
 * was last told is in the kernel. The engine takes a VIP only when its elements are there, so the first VIP on the
 * interface marks that the table is whole, and the last that all is; the elements are counted afterwards.
 */
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Host } from '../support/namespaces.js';
import { VIP_RANGE } from './addresses.js';

const COUNT_PROGRAM = fileURLToPath(new URL('../../../test/bench/count-elements.pl', import.meta.url));
const LIMIT_MS = 180_000;

export interface ColdStart {
  /** Until all elements are in the kernel. */
  readonly tableMs: number;
  /** Until the interface holds all VIPs as well. */
  readonly wholeMs: number;
}

/** Takes away what the engine put into the kernel of this host, which must not run. */
export async function forgetEverything(director: Host): Promise<void> {
  await director.exec(['nft', 'delete', 'table', 'netdev', 'homeward']);
  await director.exec(['ip', 'address', 'flush', 'dev', 'eth0', 'to', VIP_RANGE], { timeoutMs: LIMIT_MS });
}

/** @param start starts the engine. */
export async function timeColdStart(director: Host, vips: number, start: () => void): Promise<ColdStart> {
  const monitor = director.spawn(['ip', '-o', 'monitor', 'address'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (monitor.stdout === null) throw new Error('ip monitor has no standard output');
  const lines = createInterface({ input: monitor.stdout });
  try {
    return await new Promise((resolve, reject) => {
      const clock = setTimeout(() => reject(new Error('the engine does not get ready')), LIMIT_MS);
      let seen = 0;
      let tableMs = 0;
      const began = performance.now();
      lines.on('line', (line) => {
        if (line.startsWith('Deleted') || !line.includes(' 198.18.')) return;
        if (++seen === 1) tableMs = performance.now() - began;
        if (seen !== vips) return;
        clearTimeout(clock);
        resolve({ tableMs, wholeMs: performance.now() - began });
      });
      start();
    });
  } finally {
    monitor.kill('SIGKILL');
  }
}

/** Rejects when a map of the table in the kernel holds another number of elements. */
export async function requireCounts(director: Host, expected: ReadonlyMap<string, number>): Promise<void> {
  for (const [map, count] of expected) {
    const found = Number(await director.exec(['perl', COUNT_PROGRAM, map], { timeoutMs: LIMIT_MS }));
    if (found !== count) throw new Error(`${map} holds ${found} elements in the kernel and not ${count}`);
  }
}
