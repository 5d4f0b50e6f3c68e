import { describe, expect, it } from 'vitest';
import type { Document, DocumentBody } from '../../contract/documents.js';
import { planBoot } from './plan-boot.js';

const VIP = '192.0.2.200';
const OTHER = '192.0.2.201';
const VIP6 = '2001:db8::200';

function document(key: string, body: DocumentBody = { kind: 'vip', address: key, services: [] }): Document {
  return { key, version: 1, revision: 1, body };
}

function boot(documents: readonly Document[], ours: readonly string[], borrowed: readonly string[] = []) {
  const remembered = { ours: new Set(ours), borrowed: new Set(borrowed), changedSettings: false };
  return planBoot(documents, remembered);
}

describe('what a host may hold before its network is up', () => {
  it('is what is wanted and was bound before', () => {
    expect(boot([document(VIP), document(OTHER)], [VIP, '192.0.2.202'])).toEqual({
      bind: new Set([VIP]),
      awaited: [],
      silenceNeeded: true,
      problems: [],
    });
  });

  it('is never what may be an address of a card that is still down, or its gateway', () => {
    expect(boot([document('192.0.2.11')], []).bind.size).toBe(0);
  });

  it('is not what an operator puts there, which is covered before they do, also when nobody wants it', () => {
    expect(boot([document(VIP)], [], [VIP, OTHER])).toMatchObject({
      bind: new Set(),
      awaited: [VIP, OTHER],
      silenceNeeded: true,
    });
  });

  it('needs no ARP settings for IPv6, but leaves them alone where they were changed', () => {
    expect(boot([document(VIP6)], [VIP6]).silenceNeeded).toBe(false);
    const remembered = { ours: new Set<string>(), borrowed: new Set<string>(), changedSettings: true };
    expect(planBoot([], remembered).silenceNeeded).toBe(true);
  });

  it.each([
    ['of another address', document(VIP, { kind: 'vip', address: OTHER, services: [] })],
    ['of loopback', document('127.0.0.2')],
    ['of no address', document('localhost')],
  ])('is nothing by a document %s, and that is said', (_, odd) => {
    const { bind, problems } = boot([odd, document(VIP6)], [odd.key, VIP6]);
    expect(bind).toEqual(new Set([VIP6]));
    expect(problems).toHaveLength(1);
  });
});

describe('a document that is not understood', () => {
  it('lets its VIP be bound where it was bound before, and that is said', () => {
    const { bind, problems } = boot([document(VIP, sampleServiceBody()), document(OTHER)], [VIP]);
    expect(bind).toEqual(new Set([VIP]));
    expect(problems).toEqual([expect.stringContaining('not understood')]);
  });

  it.each(['127.0.0.2', 'localhost'])('binds nothing by a key like %s', (key) => {
    expect(boot([document(key, sampleServiceBody())], [key]).bind.size).toBe(0);
  });
});

function sampleServiceBody(): DocumentBody {
  const service = {
    kind: 'service',
    number: 1,
    address: VIP,
    protocol: 'tcp',
    port: 80,
    endPort: 80,
  } as const;
  return { ...service, scheduler: 'maglev', slots: 1, servers: [] };
}
