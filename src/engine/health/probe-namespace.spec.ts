import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HealthQuestion } from '../../contract/documents.js';
import type { CommandRunner, ProgramStarter } from '../../platform/command-runner.js';
import { Segments } from '../../forwarding/segments.js';
import type { ProbeAnswer, ProbeOrder, ProbeTurn } from './probe/probe-messages.js';
import { ProbeNamespace } from './probe-namespace.js';
import type { Check } from './prober.js';

const question: HealthQuestion = {
  type: 'tcp',
  port: 80,
  intervalMs: 1_000,
  timeoutMs: 500,
  rise: 2,
  fall: 3,
};
const card = { name: 'eth0', mac: '02:00:00:00:00:aa', loopback: false };
const segmentsWith = (...addresses: readonly string[]): Segments =>
  new Segments([{ ...card, addresses: addresses.map((address) => ({ address, prefixLength: 24 })) }]);
const GROUND = { seed: 1, devices: ['eth0'], segments: segmentsWith('192.0.2.2') };

/** As a probe's process does: it answers every order, in turn, as one that can do all of it. */
class FakeProbe {
  static readonly begun: FakeProbe[] = [];
  readonly orders: ProbeOrder[] = [];
  private end: () => void = () => undefined;
  private readonly ended = new Promise<void>((resolve) => (this.end = resolve));

  constructor(private readonly say: (answer: ProbeAnswer) => void) {
    FakeProbe.begun.push(this);
  }

  static readonly start: ProgramStarter = (_, { onLine }) => {
    if (startTrouble !== null) return Promise.reject(new Error(startTrouble));
    const probe = new FakeProbe((answer) => onLine(JSON.stringify(answer)));
    setImmediate(() => probe.say({ kind: 'started' }));
    const { ended } = probe;
    const write = (text: string): void => probe.take(JSON.parse(text) as ProbeOrder);
    return Promise.resolve({ pid: 1, ended, signal: () => probe.end(), write });
  };

  turn(ids: readonly number[], healthy: boolean): void {
    const turns = ids.map((id): ProbeTurn => ({ id, healthy, reason: 'TimedOut', message: 'So it is.' }));
    this.say({ kind: 'turned', turns });
  }

  get checked(): readonly number[] {
    return this.orders.flatMap((each) => (each.kind === 'check' ? each.checks.map(({ id }) => id) : []));
  }

  private take(order: ProbeOrder): void {
    this.orders.push(order);
    if (order.kind === 'check') setImmediate(() => this.say({ kind: 'taken' }));
    if (order.kind === 'network' || order.kind === 'hosts') {
      setImmediate(() => this.say({ kind: 'laid', trouble: order.kind === 'hosts' ? hostsTrouble : null }));
    }
  }
}

/** What goes wrong when the probe is told of hosts that come to those that are there. */
let hostsTrouble: string | null;
let startTrouble: string | null;
let ran: string[];
let turns: ProbeTurn[];
let troubles: (string | undefined)[];
let prober: ProbeNamespace;

beforeEach(() => {
  FakeProbe.begun.length = 0;
  hostsTrouble = null;
  startTrouble = null;
  ran = [];
  turns = [];
  troubles = [];
  const commands: CommandRunner = {
    run: (argv) => {
      ran.push(argv.join(' '));
      return Promise.resolve('as it was put');
    },
  };
  prober = new ProbeNamespace(
    { commands, start: FakeProbe.start },
    { onTurned: (told) => turns.push(...told), onTrouble: () => troubles.push(prober.trouble) },
  );
  prober.standOn(GROUND);
});
afterEach(() => prober.stop());

const check = (id: number, address = `192.0.2.${10 + (id % 100)}`): Check => ({
  id,
  address,
  vip: '192.0.2.200',
  question,
  healthy: null,
});
/** At the way to the probe. */
const looks = () => ran.filter((argv) => argv.startsWith('ip link show')).length;
const latest = () => FakeProbe.begun.at(-1);

describe('a probe', () => {
  it('is told of very many checks in pieces, each when it has taken the one before', async () => {
    prober.put(Array.from({ length: 2_500 }, (_, index) => check(index)));
    await expect.poll(() => latest()?.checked.length).toBe(2_500);
    const pieces = latest()?.orders.flatMap((each) => (each.kind === 'check' ? [each.checks.length] : []));
    expect(pieces).toEqual([1_000, 1_000, 500]);
    expect(latest()?.orders.at(-1)).toMatchObject({ together: 2_500 });
  });

  it('that could not lay the way to a host is begun anew, with all that is to be asked', async () => {
    prober.put([check(1)]);
    await expect.poll(() => latest()?.checked).toEqual([1]);
    hostsTrouble = 'nft: out of memory';
    prober.put([check(2)]);
    await expect.poll(() => troubles).toEqual(['nft: out of memory', undefined]);
    expect(FakeProbe.begun).toHaveLength(2);
    expect(latest()?.checked).toEqual([1, 2]);
  });

  it('whose servers fall one by one has its way looked at, once for all that fell meanwhile', async () => {
    const ids = Array.from({ length: 500 }, (_, index) => index);
    prober.put(ids.map((id) => check(id)));
    await expect.poll(() => latest()?.checked.length).toBe(500);
    ran = [];
    for (const id of ids) latest()?.turn([id], false);
    // What comes after them does not wait for so many looks.
    prober.put([check(1_000)]);
    await expect.poll(() => latest()?.checked.at(-1)).toBe(1_000);
    expect(turns).toHaveLength(500);
    expect(looks()).toBe(1);
    latest()?.turn([1], false);
    await expect.poll(looks).toBe(2);
  });
});

describe('a server on no segment of the director', () => {
  it('is not asked and counts as failing, until there is a segment', async () => {
    prober.put([check(1), check(2, '198.51.100.9')]);
    await expect.poll(() => latest()?.checked).toEqual([1]);
    expect(turns).toMatchObject([{ id: 2, healthy: false, reason: 'Unreachable' }]);
    prober.standOn({ ...GROUND, segments: segmentsWith('192.0.2.2', '198.51.100.2') });
    await expect.poll(() => latest()?.checked).toEqual([1, 1, 2]);
  });
});

describe('trouble', () => {
  it('is over when nothing is to be asked, so that the next service does not begin with it', async () => {
    startTrouble = 'not permitted';
    prober.put([check(1)]);
    await expect.poll(() => troubles).toEqual(['not permitted']);
    prober.forget([1]);
    await expect.poll(() => troubles).toEqual(['not permitted', undefined]);
  });
});
