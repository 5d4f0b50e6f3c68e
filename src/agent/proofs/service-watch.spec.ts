import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { VipService } from '../../contract/documents.js';
import type { Outcome } from './outcome.js';
import { ServiceWatch } from './service-watch.js';

const VIP = '192.0.2.200';
const OTHER = '192.0.2.201';
const WEB: VipService = { protocol: 'tcp', port: 80, endPort: 80 };
const MAIL: VipService = { protocol: 'tcp', port: 25, endPort: 25 };
const SHORT_MS = 5;
const PATIENCE_MS = 2_000;

const asked: string[] = [];
const changed: string[] = [];
const underWay = { now: 0, most: 0 };
let outcome: Outcome = { kind: 'answered' };
let watch: ServiceWatch;

/** How long a question of each kind takes. */
type Delay = number | ((service: VipService) => number);

function start(delay: Delay = 0, regularMs = SHORT_MS): ServiceWatch {
  outcome = { kind: 'answered' };
  asked.length = 0;
  changed.length = 0;
  Object.assign(underWay, { now: 0, most: 0 });
  const probe = async (vip: string, service: VipService) => {
    asked.push(`${vip} ${service.port}`);
    underWay.now += 1;
    underWay.most = Math.max(underWay.most, underWay.now);
    const now = outcome;
    await sleep(typeof delay === 'number' ? delay : delay(service));
    underWay.now -= 1;
    return [{ port: service.port, outcome: now }];
  };
  watch = new ServiceWatch(probe, (vip) => changed.push(vip), regularMs);
  return watch;
}

afterEach(() => watch.stop());

const ready = (vip = VIP) => watch.standings(vip).map(({ standing }) => standing.ready);

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!isSo() && performance.now() < end) await sleep(1);
  expect(isSo()).toBe(true);
}

describe('the watch over services', () => {
  it('asks at once, and tells when they stand otherwise', async () => {
    start(0, PATIENCE_MS).watch(VIP, [WEB, MAIL]);
    expect(ready()).toEqual([null, null]);
    await watch.tried([VIP], PATIENCE_MS);
    expect(ready()).toEqual([true, true]);
    expect(asked).toEqual([`${VIP} 80`, `${VIP} 25`]);
    expect(changed).toEqual([VIP, VIP]);
  });

  it('waits for the first answers no longer than it is told', async () => {
    start(PATIENCE_MS).watch(VIP, [WEB]);
    const began = performance.now();
    await watch.tried([VIP], 30);
    expect(performance.now() - began).toBeLessThan(PATIENCE_MS / 2);
    expect(ready()).toEqual([null]);
  });

  it('asks again and again, puts out what fails three times, and lets it in again', async () => {
    start().watch(VIP, [WEB]);
    await until(() => ready()[0] === true);
    outcome = { kind: 'refused' };
    await until(() => ready()[0] === false);
    outcome = { kind: 'answered' };
    await until(() => ready()[0] === true);
    expect(changed).toEqual([VIP, VIP, VIP]);
  });

  it('asks nothing for what it shall watch no more, and forgets how it stood', async () => {
    start().watch(VIP, [WEB, MAIL]);
    watch.watch(OTHER, [WEB]);
    await until(() => ready(OTHER)[0] === true && ready().every(Boolean));
    watch.watch(VIP, [MAIL]);
    watch.watch(OTHER, []);
    asked.length = 0;
    await until(() => asked.length > 3);
    expect(new Set(asked)).toEqual(new Set([`${VIP} 25`]));
    expect(ready(OTHER)).toEqual([]);
    watch.watch(OTHER, [WEB]);
    expect(ready(OTHER)).toEqual([null]);
  });

  it('goes on with what is named again', async () => {
    start(0, PATIENCE_MS).watch(VIP, [WEB]);
    await watch.tried([VIP], PATIENCE_MS);
    watch.watch(VIP, [{ ...WEB }]);
    expect(ready()).toEqual([true]);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['for a page', { http: { scheme: 'http', path: '/', host: null, expectedStatus: 200 } }],
    ['on more ports', { endPort: 90 }],
  ] as const)('knows nothing of what it shall ask otherwise, %s', async (_, otherwise) => {
    start(0, PATIENCE_MS).watch(VIP, [WEB]);
    await watch.tried([VIP], PATIENCE_MS);
    watch.watch(VIP, [{ ...WEB, ...otherwise }]);
    expect(ready()).toEqual([null]);
    await watch.tried([VIP], PATIENCE_MS);
    expect(asked).toHaveLength(2);
  });

  it('asks a few at a time', async () => {
    start(20, PATIENCE_MS);
    const many = Array.from({ length: 100 }, (_, index) => ({ ...WEB, port: index + 1, endPort: index + 1 }));
    watch.watch(VIP, many);
    await watch.tried([VIP], PATIENCE_MS);
    expect(asked).toHaveLength(100);
    expect(underWay.most).toBeLessThan(40);
  });

  const http = { scheme: 'http', path: '/', host: null, expectedStatus: 200 } as const;
  it.each([
    ['pages', { ...WEB, http }],
    ['datagrams', { ...WEB, protocol: 'udp' }],
  ] as const)('does not let %s that nobody answers delay other questions', async (_, slow: VipService) => {
    start(({ port }) => (port > 1_000 ? PATIENCE_MS : 0), PATIENCE_MS);
    const hanging = Array.from({ length: 50 }, (_none, index) => ({
      ...slow,
      port: 1_001 + index,
      endPort: 1_001 + index,
    }));
    watch.watch(OTHER, hanging);
    watch.watch(VIP, [WEB]);
    await watch.tried([VIP], PATIENCE_MS / 2);
    expect(ready()).toEqual([true]);
    expect(underWay.most).toBeLessThan(40);
  });
});
