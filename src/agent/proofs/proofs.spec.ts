import { afterEach, describe, expect, it, vi } from 'vitest';
import type { VipDocument } from '../../contract/documents.js';
import type { VipFact } from '../../contract/report.js';
import { createLogger } from '../../platform/logger.js';
import { judgeFirewall } from './firewall/judge-firewall.js';
import { readRuleset } from './firewall/ruleset.js';
import type { HostReadings, ReadHost } from './host-readings.js';
import type { Outcome } from './outcome.js';
import { Proofs } from './proofs.js';

const VIP = '192.0.2.200';
const logger = createLogger('test', 'silent');
const DOCUMENT: VipDocument = {
  kind: 'vip',
  address: VIP,
  services: [{ protocol: 'tcp', port: 80, endPort: 80 }],
};
const CHAIN = { family: 'inet', table: 'filter', name: 'input', hook: 'input', prio: 0 };
const NEVER_MS = 1_000_000;
const SOON_MS = 5;

const held = (bound = true): VipFact => ({ address: VIP, bound, silent: true, reason: 'Held', message: '' });

function readings(policy: 'accept' | 'drop'): HostReadings {
  const ruleset = readRuleset(JSON.stringify({ nftables: [{ chain: { ...CHAIN, policy } }] }));
  const view = { ruleset, legacy: false, strictElsewhere: [], interfaces: ['eth0'] };
  return {
    firewall: (asked) => judgeFirewall(asked, view),
    forwarding: { ipv4: false, ipv6: false, stop: '' },
  };
}

let proofs: Proofs;
let asked = 0;

function start(read: ReadHost, outcome: Outcome = { kind: 'answered' }, readMs = NEVER_MS): void {
  asked = 0;
  const probe = () => {
    asked += 1;
    return Promise.resolve([{ port: 80, outcome }]);
  };
  proofs = new Proofs(read, logger, { probe, readMs });
  proofs.want(VIP, DOCUMENT);
}

afterEach(() => proofs.stop());

const service = (fact = held()) => proofs.report(fact).services[0];

describe('the proofs of a service', () => {
  it('are there with the VIP, where it answers', async () => {
    start(() => Promise.resolve(readings('accept')));
    proofs.looked(held());
    await proofs.firstAnswers([VIP]);
    expect(service()).toMatchObject({
      protocol: 'tcp',
      port: 80,
      ready: true,
      answers: { status: 'True' },
      firewall: { status: 'True' },
    });
  });

  it('are not sought where the host does not hold the VIP', async () => {
    start(() => Promise.resolve(readings('accept')));
    proofs.looked(held(false));
    await proofs.firstAnswers([VIP]);
    expect(asked).toBe(0);
    expect(service(held(false))).toMatchObject({ ready: null, answers: { reason: 'NotProbed' } });
  });

  it('are of what the document asks for, and of nothing that had the same port before', async () => {
    start(() => Promise.resolve(readings('accept')));
    proofs.looked(held());
    await proofs.firstAnswers([VIP]);
    const http = { scheme: 'http', path: '/', host: null, expectedStatus: 200 } as const;
    for (const otherwise of [{ endPort: 90 }, { http }]) {
      proofs.want(VIP, { ...DOCUMENT, services: [{ protocol: 'tcp', port: 80, endPort: 80, ...otherwise }] });
      expect(service()).toMatchObject({ ...otherwise, ready: null, answers: { reason: 'NotProbed' } });
      proofs.looked(held());
      await proofs.firstAnswers([VIP]);
      expect(service()).toMatchObject({ ...otherwise, ready: true });
    }
  });

  it('are left behind with the document', async () => {
    start(() => Promise.resolve(readings('accept')));
    proofs.looked(held());
    await proofs.firstAnswers([VIP]);
    proofs.want(VIP, null);
    proofs.looked(held());
    expect(proofs.report(held()).services).toEqual([]);
  });

  it('keep it out where the firewall drops it, at once and until that ends', async () => {
    let now = readings('drop');
    start(() => Promise.resolve(now), undefined, SOON_MS);
    const changed = vi.fn<(vips: readonly string[]) => void>();
    proofs.onChange(changed);
    proofs.looked(held());
    await proofs.firstAnswers([VIP]);
    expect(service()).toMatchObject({
      ready: false,
      answers: { status: 'True' },
      firewall: { status: 'False' },
    });
    changed.mockClear();
    now = readings('accept');
    await vi.waitFor(() => expect(changed).toHaveBeenCalledWith([VIP]));
    expect(service()).toMatchObject({ ready: true, firewall: { status: 'True' } });
  });

  it('let nobody in before the host was read', async () => {
    let read: (readings: HostReadings) => void = () => undefined;
    start(() => new Promise((resolve) => (read = resolve)));
    proofs.looked(held());
    await vi.waitFor(() => expect(asked).toBe(1));
    expect(service()).toMatchObject({ ready: null, answers: { status: 'True' } });
    read(readings('drop'));
    await vi.waitFor(() => expect(service()?.ready).toBe(false));
  });

  it('are unknown of a host that cannot be read, and hold nobody back', async () => {
    start(() => Promise.reject(new Error('no /proc')));
    proofs.looked(held());
    await proofs.firstAnswers([VIP]);
    expect(service()).toMatchObject({ ready: true, firewall: { status: 'Unknown', reason: 'NotReadable' } });
    expect(proofs.loopCondition([VIP])).toMatchObject({ status: 'Unknown' });
  });

  it('are unknown again of a host that cannot be read any more, and that is told', async () => {
    let read: ReadHost = () => Promise.resolve(readings('accept'));
    start(() => read(), undefined, SOON_MS);
    proofs.looked(held());
    await proofs.firstAnswers([VIP]);
    const changed = vi.fn<(vips: readonly string[]) => void>();
    proofs.onChange(changed);
    read = () => Promise.reject(new Error('no /proc'));
    await vi.waitFor(() => expect(changed).toHaveBeenCalledWith([VIP]));
    expect(service()).toMatchObject({ ready: true, firewall: { status: 'Unknown', reason: 'NotReadable' } });
  });
});
