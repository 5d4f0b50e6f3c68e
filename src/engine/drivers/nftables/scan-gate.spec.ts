import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ScanGate } from './scan-gate.js';

const patient = new AbortController().signal;

it('scans one after the other, with a pause as long as the scan took', async () => {
  const gate = new ScanGate();
  const begun: number[] = [];
  const scan = () => {
    begun.push(performance.now());
    return sleep(40);
  };
  await Promise.all([gate.run(scan, patient), gate.run(scan, patient)]);
  const [first = 0, second = 0] = begun;
  expect(second - first).toBeGreaterThan(70);
});

it('pauses also after a scan that nobody waited for to its end', async () => {
  const gate = new ScanGate();
  const given = new AbortController();
  const first = gate.run(() => sleep(40), given.signal);
  setTimeout(() => given.abort(), 10);
  await first;
  const ended = performance.now();
  await gate.run(() => Promise.resolve(), patient);
  expect(performance.now() - ended).toBeGreaterThan(30);
});

it('goes on after a scan that failed', async () => {
  const gate = new ScanGate();
  await expect(gate.run(() => Promise.reject(new Error('no perl')), patient)).rejects.toThrow('no perl');
  await expect(gate.run(() => Promise.resolve(1), patient)).resolves.toBe(1);
});

it('begins none that nobody waits for any more', async () => {
  const gate = new ScanGate();
  const given = new AbortController();
  const first = gate.run(() => sleep(20), patient);
  const second = gate.run(() => Promise.resolve('scanned'), given.signal);
  given.abort();
  await first;
  await expect(second).rejects.toMatchObject({ reason: 'Busy' });
});
