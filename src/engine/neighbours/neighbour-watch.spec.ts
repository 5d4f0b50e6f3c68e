import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Document, ServiceDocument } from '../../contract/documents.js';
import { sampleServiceDocument } from '../../contract/sample-service-document.fake.js';
import { createLogger } from '../../platform/logger.js';
import { Segments } from '../../forwarding/segments.js';
import { FakeWire } from '../wire/wire.fake.js';
import { NeighbourWatch } from './neighbour-watch.js';

const ADDRESS = '192.0.2.11';
const OLD = '02:00:00:00:00:b1';
const NEW = '02:00:00:00:00:c1';
const card = { name: 'eth0', mac: '02:00:00:00:00:aa', loopback: false };
const segments = new Segments([{ ...card, addresses: [{ address: '192.0.2.2', prefixLength: 24 }] }]);
let wire: FakeWire;
let ran: string[];
/** What `ip` lists of those that are fixed. */
let fixed: readonly object[];
let watch: NeighbourWatch;

beforeEach(() => {
  vi.useFakeTimers();
  wire = new FakeWire();
  ran = [];
  fixed = [];
  const run = (
    argv: readonly string[],
    options: { input?: string | Iterable<string> } = {},
  ): Promise<string> => {
    if (argv.includes('permanent')) return Promise.resolve(JSON.stringify(fixed));
    ran.push(String(options.input));
    return Promise.resolve('');
  };
  const logger = createLogger('engine', 'silent');
  watch = new NeighbourWatch({ wire, commands: { run }, logger, onNews: () => undefined });
  watch.standOn(segments);
});
afterEach(() => {
  watch.stop();
  vi.useRealTimers();
});

const after = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

function service(): Document<ServiceDocument> {
  const body = sampleServiceDocument({ servers: [{ number: 1, address: ADDRESS, weight: 1 }] });
  return { key: 'a', version: 1, revision: 1, body };
}

it('a server that comes by another Ethernet address is found in a second and a third, and the kernel told once', async () => {
  wire.owners.set(ADDRESS, [OLD]);
  watch.watch([service()]);
  await after(1_100);
  expect(watch.addressOf(OLD)).toBe(ADDRESS);
  wire.asked.splice(0);
  wire.owners.set(ADDRESS, [NEW]);
  // It answers only to those who ask everybody: the question for the former card does not get there.
  wire.reaches = ({ to }) => to === undefined || to === NEW;
  // Its turn comes within a second, and a quarter of one later all are asked.
  await after(1_300);
  expect(watch.facts()).toMatchObject([{ reason: 'NewMac', mac: NEW }]);
  expect(wire.asked[0], 'first the machine that it was known to be').toMatchObject({ to: OLD });
  expect(ran).toEqual([`neighbour replace ${ADDRESS} lladdr ${NEW} dev eth0 nud reachable\n`]);
  expect(watch.repairs).toBe(1);
});

it('a server that an administrator has fixed in the kernel stays there', async () => {
  wire.owners.set(ADDRESS, [OLD]);
  fixed = [{ dst: ADDRESS, dev: 'eth0', lladdr: OLD, state: ['PERMANENT'] }];
  watch.watch([service()]);
  await after(1_100);
  wire.owners.set(ADDRESS, [NEW]);
  wire.reaches = ({ to }) => to === undefined || to === NEW;
  await after(2_000);
  expect(watch.facts()).toMatchObject([{ reason: 'NewMac', mac: NEW }]);
  expect([ran, watch.repairs]).toEqual([[], 0]);
});

it('nothing is said of a server that cannot be asked, and nothing is heeded of one that is gone', async () => {
  wire.become(false, 'no such right');
  watch.watch([service()]);
  await after(1_200);
  expect([watch.facts(), wire.asked]).toEqual([[], []]);
  watch.watchOnly(new Map());
  expect(wire.heeds).toBe(0);
});
