import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HealthQuestion, ServerEntry, ServiceDocument } from '../../contract/documents.js';
import { sampleServiceDocument } from '../../contract/sample-service-document.fake.js';
import type { ServiceInForce } from '../drivers/forwarding-driver.js';
import { Segments } from '../../forwarding/segments.js';
import { Health } from './health.js';
import { FakeProber } from './prober.fake.js';
import type { SharedCheck } from './shared-checks.js';

const GROUND = { seed: 1, devices: ['eth0'], segments: new Segments([]) };
const tcp: HealthQuestion = { type: 'tcp', port: 80, intervalMs: 1_000, timeoutMs: 500, rise: 2, fall: 3 };
let prober: FakeProber;
let health: Health;
let turned: number;
let news: number;
let fallen: SharedCheck[];
/** As in the data plane. */
let inForce: Map<string, ServiceInForce>;

beforeEach(() => {
  prober = new FakeProber();
  turned = 0;
  news = 0;
  fallen = [];
  inForce = new Map();
  health = new Health(prober, {
    onTurned: () => turned++,
    onNews: () => news++,
    onFallen: (each) => fallen.push(...each),
  });
  prober.listener = {
    onTurned: (turns) => health.take(turns),
    onTrouble: () => health.troubleChanged(),
  };
});
afterEach(() => health.stop());

function server(number: number, weight = 1): ServerEntry {
  return { number, address: `192.0.2.${number % 10}`, weight };
}

function service(number: number, wishes: Partial<ServiceDocument> = {}): ServiceInForce {
  const body = sampleServiceDocument({
    number,
    port: number,
    endPort: number,
    servers: [1, 2, 3].map((last) => server(number * 10 + last)),
    healthCheck: tcp,
    ...wishes,
  });
  return { key: `${number}`, version: 1, revision: 1, body };
}

function watch(...documents: readonly ServiceInForce[]): void {
  health.watch(documents, (key) => inForce.get(key)?.body.servers);
  health.settle(inForce);
  health.standOn(GROUND);
}

/** As the engine does when it is told that servers turned. */
function bring(): number {
  const due = health.takeDue(inForce);
  for (const each of due) inForce.set(each.key, each);
  return due.length;
}

function put(document: ServiceInForce): void {
  health.watch([document], (key) => inForce.get(key)?.body.servers);
  inForce.set(document.key, health.effective(document));
  health.settle(inForce);
  health.standOn(GROUND);
}

function used(key: string): readonly number[] {
  return inForce.get(key)?.body.servers.map(({ number }) => number) ?? [];
}

describe('a service', () => {
  it('without a health check is left as it is, and asks nobody', () => {
    const { healthCheck, ...body } = service(1).body;
    const plain = { ...service(1), body };
    watch(plain);
    expect(healthCheck).toBeDefined();
    expect(health.effective(plain)).toBe(plain);
    expect(prober.checks.size).toBe(0);
    expect(health.conditions()).toEqual([]);
  });

  it('gets its servers as they are found healthy, and is the very document when all are', () => {
    const one = service(1);
    put(one);
    expect(used('1')).toEqual([]);
    prober.turn(['192.0.2.1', '192.0.2.2'], true);
    expect(bring()).toBe(1);
    expect(used('1')).toEqual([11, 12]);
    prober.turn(['192.0.2.3'], true);
    bring();
    expect(inForce.get('1')).toBe(one);
    prober.turn(['192.0.2.2'], false);
    bring();
    expect(used('1')).toEqual([11, 13]);
  });

  it('is no matter for the data plane when nothing of it is different', () => {
    const one = service(1);
    put(one);
    prober.turn(['192.0.2.1'], false);
    expect(bring()).toBe(0);
  });

  it('keeps the servers that are in force when it is to be asked otherwise', () => {
    const one = service(1);
    put(one);
    prober.turn(['192.0.2.1', '192.0.2.2'], true);
    bring();
    const otherwise = { ...service(1, { healthCheck: { ...tcp, port: 81 } }), version: 2 };
    put(otherwise);
    expect(used('1')).toEqual([11, 12]);
    expect([...prober.checks.values()].map(({ question }) => question.port)).toEqual([81, 81, 81]);
  });

  it('whose new document is refused is followed as it was', () => {
    const one = service(1);
    put(one);
    prober.turn(['192.0.2.1', '192.0.2.2'], true);
    bring();
    const servers = [server(12), server(13), server(14)];
    watch({ ...service(1, { servers, healthCheck: { ...tcp, port: 81 } }), version: 2 });
    bring();
    expect(used('1')).toEqual([11, 12]);
    expect([...prober.checks.values()].map(({ question }) => question.port)).toEqual([80, 80, 80]);
    prober.turn(['192.0.2.1'], false);
    prober.turn(['192.0.2.3'], true);
    expect(bring()).toBe(1);
    expect(used('1')).toEqual([12, 13]);
    expect(inForce.get('1')?.version).toBe(1);
    expect(new Set(health.book.describe(true).map(({ number }) => number))).toEqual(new Set([11, 12, 13]));
  });

  it('that would not be checked any more, by a document that is refused, is checked', () => {
    const one = service(1);
    inForce.set('1', one);
    put(one);
    const { healthCheck, ...body } = one.body;
    watch({ ...one, version: 2, body });
    prober.turn(['192.0.2.1'], false);
    expect(bring()).toBe(1);
    expect(used('1')).toEqual([12, 13]);
    expect(healthCheck).toBe(tcp);
  });

  it('is followed by its new document where that asks the same', () => {
    put(service(1));
    put({ ...service(1, { slots: 16 }), version: 2 });
    prober.turn(['192.0.2.1'], true);
    expect(bring()).toBe(1);
    expect(inForce.get('1')).toMatchObject({ version: 2, body: { slots: 16 } });
  });
});

describe('checks', () => {
  it('are shared by services with the same question of the same servers, to the last of them', () => {
    const [one, two] = [service(1), service(2)];
    put(one);
    put(two);
    expect(prober.checks.size).toBe(3);
    prober.turn(['192.0.2.1'], true);
    expect(bring()).toBe(2);
    expect([used('1'), used('2')]).toEqual([[11], [21]]);
    watch({ ...one, body: { ...one.body, servers: [] } });
    expect(prober.checks.size).toBe(3);
    health.watchOnly(new Map(), () => undefined);
    health.standOn(GROUND);
    expect(prober.checks.size).toBe(0);
  });

  it('are not shared by those who ask otherwise, or for another VIP', () => {
    watch(
      service(1),
      service(2, { healthCheck: { ...tcp, fall: 4 } }),
      service(3, { address: '192.0.2.201' }),
    );
    expect(prober.checks.size).toBe(9);
  });

  it('wait for the ground, and take what the kernel had for healthy', () => {
    const one = service(1);
    health.watch([one], () => undefined);
    health.adopt(new Set([11, 13]));
    expect(prober.checks.size).toBe(0);
    expect(health.effective(one).body.servers.map(({ number }) => number)).toEqual([11, 13]);
    health.standOn(GROUND);
    expect([...prober.checks.values()].map(({ healthy }) => healthy)).toEqual([true, null, true]);
  });

  it('that nobody can do keep nobody out that nothing is known of', () => {
    const one = service(1);
    put(one);
    prober.turn(['192.0.2.1'], false);
    prober.fail('not permitted');
    bring();
    expect(used('1')).toEqual([12, 13]);
    expect(health.conditions()).toMatchObject([
      { status: 'False', reason: 'CannotCheck' },
      { status: 'False' },
    ]);
    prober.fail(undefined);
    bring();
    expect(used('1')).toEqual([]);
  });
});

describe('a report', () => {
  it('tells what changed since the last one that was answered', () => {
    put(service(1));
    expect(health.book.describe(true)).toHaveLength(3);
    health.book.acknowledged();
    expect(health.book.describe(false)).toEqual([]);
    prober.turn(['192.0.2.2'], false, 'Refused');
    expect(news).toBe(1);
    expect(health.book.describe(false)).toMatchObject([{ number: 12, healthy: false, reason: 'Refused' }]);
    // That one got lost; what is told next is all that was not answered.
    prober.turn(['192.0.2.1'], true);
    expect(health.book.describe(false).map(({ number }) => number)).toEqual([12, 11]);
    prober.turn(['192.0.2.2'], true);
    health.book.acknowledged();
    expect(health.book.describe(false)).toMatchObject([{ number: 12, healthy: true }]);
  });

  it('says since when, and forgets servers that are not checked any more', () => {
    put(service(1));
    prober.turn(['192.0.2.1'], false);
    const [first] = health.book.describe(true);
    prober.turn(['192.0.2.1'], false, 'Refused');
    expect(health.book.describe(true)[0]).toEqual({ ...first, reason: 'Refused' });
    watch(service(1, { servers: [server(13)] }));
    expect(health.book.describe(true).map(({ number }) => number)).toEqual([13]);
  });

  it('tells of a server that answers on its own address, until it rises', () => {
    put(service(1));
    prober.turn(['192.0.2.1'], false, 'Refused');
    health.answeredElsewhere(fallen.map(({ id }) => id));
    prober.turn(['192.0.2.1'], false, 'TimedOut');
    const [fact] = health.book.describe(true);
    expect(fact).toMatchObject({ reason: 'AnswersOnOwnAddressOnly' });
    expect(fact?.message).toContain('It answers on 192.0.2.1, but not on the VIP 192.0.2.200.');
    expect(fallen).toHaveLength(1);
    prober.turn(['192.0.2.1'], true);
    expect(health.book.describe(true)[0]).toMatchObject({ reason: 'Answered' });
  });

  it('names services in panic', () => {
    const one = service(1);
    put(one);
    prober.turn(['192.0.2.1', '192.0.2.2', '192.0.2.3'], true);
    bring();
    prober.turn(['192.0.2.1', '192.0.2.2'], false);
    expect(bring()).toBe(0);
    expect(health.book.describe(true).map(({ reason }) => reason)).toEqual([
      'KeptByPanicGuard',
      'KeptByPanicGuard',
      'Answered',
    ]);
    expect(health.conditions()[1]).toMatchObject({ type: 'ServicesInPanic', status: 'True' });
    expect(health.conditions()[1]?.message).toContain('192.0.2.200 tcp/1');
  });
});

describe('an engine that is busy', () => {
  it('is told once of all that turned meanwhile', () => {
    const one = service(1);
    put(one);
    for (const last of [1, 2, 3]) prober.turn([`192.0.2.${last}`], true);
    expect(turned).toBe(1);
    expect(bring()).toBe(1);
    prober.turn(['192.0.2.1'], false);
    expect(turned).toBe(2);
  });

  it('is told again when time alone changes shares', async () => {
    const one = service(1, { slowStartMs: 50 });
    inForce.set('1', one);
    put(one);
    prober.turn(['192.0.2.1'], false);
    bring();
    prober.turn(['192.0.2.1'], true);
    const before = turned;
    bring();
    await expect.poll(() => (bring(), inForce.get('1')), { interval: 5 }).toBe(one);
    expect(turned - before).toBeLessThanOrEqual(11);
    expect(turned).toBeGreaterThan(before);
  });
});
