import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Document, ServiceDocument, SilenceProbe } from '../../contract/documents.js';
import type { CommandOptions } from '../../platform/command-runner.js';
import { CommandFailed } from '../../platform/command-runner.js';
import { Segments } from '../network/segments.js';
import { SilenceProber } from './silence-prober.js';

const SEGMENTS = new Segments([
  {
    name: 'eth0',
    mac: '02:00:00:00:00:aa',
    loopback: false,
    addresses: [
      { address: '192.0.2.2', prefixLength: 24 },
      { address: '2001:db8::2', prefixLength: 64 },
    ],
  },
]);

/** Answers as the programs print them; which, is up to the test. */
class FakeSegment {
  readonly asked: (readonly string[])[] = [];
  /** Ethernet addresses in capitals, by the address that is asked for. */
  readonly owners = new Map<string, readonly string[]>();
  slow: { readonly address: string; readonly until: Promise<void> } | undefined;
  fails: CommandFailed | undefined;
  mostAtOnce = 0;
  private atOnce = 0;

  async run(argv: readonly [string, ...string[]], _options?: CommandOptions): Promise<string> {
    if (argv[1] === '-V') return 'arping from iputils 20221126';
    this.asked.push(argv);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    const { slow } = this;
    await (slow !== undefined && argv.at(-1) === slow.address ? slow.until : setTimeout(1));
    this.atOnce -= 1;
    if (this.fails !== undefined) throw this.fails;
    const address = (argv[0] === 'arping' ? argv.at(-1) : argv.at(-2)) ?? '';
    const owners = this.owners.get(address) ?? [];
    if (argv[0] === 'ndisc6') return owners.map((mac) => `${mac}\n`).join('');
    const replies = owners.map((mac) => `Unicast reply from ${address} [${mac}]  0.529ms\n`);
    return `ARPING ${address} from 192.0.2.2 eth0\n${replies.join('')}Sent 2 probes (2 broadcast(s))\n`;
  }
}

let prober: SilenceProber;
let segment: FakeSegment;
let told = 0;

function start(intervalMs = 60_000): void {
  segment = new FakeSegment();
  segment.owners.set('192.0.2.11', ['02:00:00:00:00:B1']);
  told = 0;
  prober = new SilenceProber(segment, () => told++, intervalMs);
  prober.standOn({ segments: SEGMENTS, vipDevice: 'eth0' });
}

afterEach(() => prober.stop());

function service(
  silenceProbes: readonly SilenceProbe[],
  changes: Partial<ServiceDocument> = {},
): Document<ServiceDocument> {
  const body: ServiceDocument = {
    kind: 'service',
    number: 1,
    address: '192.0.2.200',
    protocol: 'tcp',
    port: 80,
    endPort: 80,
    scheduler: 'maglev',
    slots: 1,
    servers: [],
    ...(silenceProbes.length > 0 && { silenceProbes }),
    ...changes,
  };
  return { key: `${body.number}`, version: 1, revision: 1, body };
}

const PROBE = { number: 7, address: '192.0.2.11', asked: 1 };
const verdicts = () => prober.facts().map(({ silent }) => silent);

describe('a server without an agent', () => {
  it('is asked about at once, in the name of the director, and told of when something is found out', async () => {
    start();
    prober.watch([service([PROBE])]);
    expect(prober.facts()).toMatchObject([{ number: 7, asked: 1, silent: null }]);
    await expect.poll(verdicts).toEqual([true]);
    expect(told).toBe(1);
    expect(segment.asked.map((argv) => argv.join(' ')).sort()).toEqual([
      'arping -b -c 2 -I eth0 -s 192.0.2.2 192.0.2.11',
      'arping -b -c 2 -I eth0 -s 192.0.2.2 192.0.2.200',
    ]);
  });

  it('is asked about by neighbour solicitation where it has an IPv6 address', async () => {
    start();
    segment.owners.set('2001:db8::11', ['02:00:00:00:00:B1']);
    segment.owners.set('2001:db8::200', ['02:00:00:00:00:B1', '02:00:00:00:00:B2']);
    prober.watch([service([{ ...PROBE, address: '2001:db8::11' }], { address: '2001:db8::200' })]);
    await expect.poll(verdicts).toEqual([false]);
    expect(segment.asked.map(([program]) => program)).toEqual(['ndisc6', 'ndisc6']);
  });

  it('is asked about again and again, and of what stays so nobody is told', async () => {
    start(20);
    prober.watch([service([PROBE])]);
    await expect.poll(() => segment.asked.length).toBeGreaterThan(6);
    expect(told).toBe(1);
    segment.owners.set('192.0.2.200', ['02:00:00:00:00:B1']);
    await expect.poll(verdicts).toEqual([false]);
  });

  it('keeps what was found out while its document changes otherwise, and not when another proof is asked for', async () => {
    start();
    prober.watch([service([PROBE])]);
    await expect.poll(verdicts).toEqual([true]);
    const asked = segment.asked.length;
    prober.watch([service([PROBE], { servers: [{ number: 7, address: '192.0.2.11', weight: 5 }] })]);
    await setTimeout(10);
    expect([verdicts(), segment.asked.length]).toEqual([[true], asked]);
    prober.watch([service([{ ...PROBE, asked: 2 }])]);
    expect(verdicts(), 'nothing that was asked before counts').toEqual([null]);
    await expect.poll(verdicts).toEqual([true]);
  });

  it('is asked for its VIP where the clients are, too, and an answer there counts', async () => {
    start();
    const card = { mac: '02:00:00:00:00:aa', loopback: false };
    const inner = { ...card, name: 'eth0', addresses: [{ address: '192.0.2.2', prefixLength: 24 }] };
    const outer = { ...card, name: 'eth1', addresses: [{ address: '203.0.113.2', prefixLength: 24 }] };
    prober.standOn({ segments: new Segments([inner, outer]), vipDevice: 'eth0' });
    segment.owners.set('203.0.113.200', ['02:00:00:00:00:C1']);
    prober.watch([service([PROBE], { address: '203.0.113.200' })]);
    await expect.poll(() => prober.facts()).toMatchObject([{ strangers: ['02:00:00:00:00:c1'] }]);
    expect(segment.asked.map((argv) => argv.slice(5).join(' ')).sort()).toEqual([
      'eth0 -s 192.0.2.2 192.0.2.11',
      'eth0 -s 192.0.2.2 203.0.113.200',
      'eth1 -s 203.0.113.2 203.0.113.200',
    ]);
  });

  it('is forgotten with its document', async () => {
    start();
    const [one, other] = [service([PROBE]), service([{ ...PROBE, number: 8 }], { number: 2 })];
    prober.watch([one, other]);
    prober.watch([{ ...one, body: null }]);
    expect(prober.facts().map(({ number }) => number)).toEqual([8]);
    prober.watchOnly(new Map([['1', one]]));
    expect(prober.facts().map(({ number }) => number)).toEqual([7]);
  });

  it.each([
    ['another exit code', new CommandFailed(['arping'], 2, 'Interface "eth0" is down'), 'is down'],
    ['a program that is not there', new CommandFailed(['x'], null, 'spawn x ENOENT'), 'ENOENT'],
  ])('is not called silent because of %s', async (_, failure, words) => {
    start();
    segment.fails = failure;
    prober.watch([service([PROBE])]);
    await expect.poll(() => prober.facts()[0]?.message).toContain(words);
    expect(prober.facts()).toMatchObject([{ silent: null, reason: 'CannotAsk' }]);
  });

  it('on no segment of the director is told as such', async () => {
    start();
    prober.watch([service([{ ...PROBE, address: '198.51.100.9' }])]);
    await expect.poll(() => prober.facts()[0]?.onSegment).toBe(false);
    expect(segment.asked).toEqual([]);
  });
});

describe('many of them', () => {
  it('share the questions for a VIP and a host, and no more than sixteen are asked about at a time', async () => {
    start();
    const shared = Array.from({ length: 10 }, (_, index) =>
      service([{ ...PROBE, number: index + 1 }], { number: index + 1, port: index + 1 }),
    );
    prober.watch(shared);
    await expect.poll(verdicts).toEqual(shared.map(() => true));
    expect(segment.asked).toHaveLength(2);

    const apart = Array.from({ length: 100 }, (_, index) =>
      service([{ ...PROBE, number: index + 1, asked: 2 }], {
        number: index + 1,
        address: `192.0.2.${100 + index}`,
      }),
    );
    prober.watchOnly(new Map(apart.map((each) => [each.key, each])));
    await expect.poll(verdicts, { timeout: 5_000 }).toEqual(apart.map(() => true));
    expect(segment.mostAtOnce).toBeGreaterThan(8);
    expect(segment.mostAtOnce, 'the host is shared').toBeLessThanOrEqual(17);
  });

  it('do not wait for one whose answer takes long', async () => {
    start(20);
    const hosts = Array.from({ length: 40 }, (_, index) => `192.0.2.${100 + index}`);
    for (const host of hosts) segment.owners.set(host, ['02:00:00:00:00:B1']);
    let release = (): void => undefined;
    segment.slow = { address: '192.0.2.100', until: new Promise<void>((done) => (release = done)) };
    prober.watch([service(hosts.map((address, index) => ({ number: index + 1, address, asked: 1 })))]);
    const times = (address: string) => segment.asked.filter((argv) => argv.at(-1) === address).length;
    await expect.poll(() => hosts.slice(1).every((host) => times(host) > 2), { timeout: 5_000 }).toBe(true);
    expect(times('192.0.2.100')).toBe(1);
    release();
  });

  it('cost nothing where there are none', async () => {
    start(1);
    prober.watch([service([])]);
    await setTimeout(10);
    expect([segment.asked, prober.conditions(), prober.facts()]).toEqual([[], [], []]);
  });
});

describe('a stranger that answers for a VIP', () => {
  it('is told of by its Ethernet address, and a host that is asked about is none', async () => {
    start();
    segment.owners.set('192.0.2.200', ['02:00:00:00:00:B1', '02:00:00:00:00:EE']);
    prober.watch([service([PROBE])]);
    await expect.poll(verdicts).toEqual([false]);
    const [condition] = prober.conditions();
    expect(condition).toMatchObject({ type: 'VipsAnsweredElsewhere', status: 'True' });
    expect(condition?.message).toContain('192.0.2.200 by 02:00:00:00:00:ee');
    expect(condition?.message).not.toContain('b1');
    expect(prober.facts()).toMatchObject([{ strangers: ['02:00:00:00:00:ee'] }]);
  });
});
