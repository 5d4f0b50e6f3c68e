/**
 * The process that measures the floor. It has nothing but this to do and keeps nothing in memory: the larger a process
 * is, the longer it takes to spawn another.
 */
import { spawn } from 'node:child_process';
import { systemCommands } from '../../src/platform/command-runner.js';
import { isEvent } from './change-events.js';
import { ElementWatch, WATCH_PROGRAM } from './element-watch.js';
import type { FloorOrder, FloorTime } from './floor-messages.js';

const LIMIT_MS = 120_000;

process.on('disconnect', () => process.exit(0));
const watch = new ElementWatch(spawn('perl', [WATCH_PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] }));
await watch.listening;
process.on('message', (order: FloorOrder) => void obey(order).then((time) => process.send?.(time)));
process.send?.('ready');

async function obey({ text, wanted }: FloorOrder): Promise<FloorTime> {
  const seen = wanted === undefined ? undefined : watch.seen('the floor', isEvent(wanted));
  const began = performance.now();
  await systemCommands.run(['nft', '-f', '-'], { input: text, timeoutMs: LIMIT_MS });
  const exitedMs = performance.now() - began;
  return { committedMs: ((await seen) ?? began) - began, exitedMs };
}
