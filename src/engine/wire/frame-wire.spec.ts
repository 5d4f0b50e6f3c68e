import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StayOptions } from '../../platform/command-runner.js';
import { FrameWire } from './frame-wire.js';
import { markOf } from './mark.js';

const CLUSTER = '00000000-0000-4000-8000-000000000001';
let wire: FrameWire;
let say: StayOptions['onLine'] | undefined;
let end: () => void;
/** What the program that runs now was told. */
let told: string;

beforeEach(async () => {
  wire = new FrameWire((_, { onLine }) => {
    say = onLine;
    told = '';
    const ended = new Promise<void>((resolve) => (end = resolve));
    onLine('ready');
    return Promise.resolve({ pid: 0, ended, write: (text) => (told += text), signal: () => end() });
  });
  const card = (index: number) => ({ index, mac: `02:00:00:00:00:0${index}` });
  wire.standOn(
    new Map([
      ['eth0', card(2)],
      ['eth1', card(3)],
    ]),
    CLUSTER,
  );
  await wire.begun();
});
afterEach(() => wire.stop());

it('an interface that is down is no trouble of the others', () => {
  say?.('unsent 3 Network is down');
  expect(wire.troubleOn('eth1')).toBe('Network is down');
  expect([wire.troubleOn('eth0'), wire.trouble, wire.ready]).toEqual([undefined, undefined, true]);
});

it('nothing can be said on an interface that is not there', () => {
  expect(wire.troubleOn('eth2')).toBe('it is not there');
});

it('a program that is started again is told everything anew, and why nothing is heard until then', async () => {
  wire.heed(['192.0.2.200', '192.0.2.201']);
  wire.ignore(['192.0.2.201']);
  // What was said goes in one piece with the end of the step.
  await new Promise((resolve) => setImmediate(resolve));
  told = '';
  say?.('recv: no buffer');
  end();
  await expect.poll(() => wire.ready, { interval: 1 }).toBe(false);
  expect(wire.trouble).toContain('recv: no buffer');
  await expect.poll(() => told, { interval: 1 }).toContain('heed');
  expect(told.trim().split('\n')).toEqual([
    'listen 2 3',
    `mark ${markOf(CLUSTER).toString('hex')}`,
    'heed c00002c8',
  ]);
  expect(wire.trouble).toBeUndefined();
});
