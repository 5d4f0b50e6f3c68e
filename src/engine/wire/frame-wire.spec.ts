import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StayOptions } from '../../platform/command-runner.js';
import { FrameWire } from './frame-wire.js';

let wire: FrameWire;
let say: StayOptions['onLine'] | undefined;

beforeEach(async () => {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  wire = new FrameWire((_, { onLine }) => {
    say = onLine;
    onLine('ready');
    return Promise.resolve({ pid: 0, ended, write: () => undefined, signal: end });
  });
  const card = (index: number) => ({ index, mac: `02:00:00:00:00:0${index}` });
  wire.standOn(
    new Map([
      ['eth0', card(2)],
      ['eth1', card(3)],
    ]),
    undefined,
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
