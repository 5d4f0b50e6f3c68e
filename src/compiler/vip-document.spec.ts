import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentDigest } from '../contract/digest.js';
import { knownAddress } from '../domain/address.js';
import { HEALTH_CHECK_DEFAULTS } from '../domain/health-check.js';
import type { HostedService } from '../domain/service-question.js';
import { vipDocument } from './vip-document.js';

const VIP = knownAddress('192.0.2.200');
const NONE = { type: 'none' } as const;

describe("a host's document for a VIP", () => {
  it('lists the services in a fixed order, each once', () => {
    const https = { protocol: 'tcp', port: 443, endPort: null, healthCheck: NONE } as const;
    const range = { protocol: 'udp', port: 80, endPort: 90, healthCheck: NONE } as const;
    const http = { protocol: 'tcp', port: 80, endPort: null, healthCheck: NONE } as const;
    expect(vipDocument(VIP, [range, https, http, https])).toEqual({
      kind: 'vip',
      address: '192.0.2.200',
      services: [
        { protocol: 'tcp', port: 80, endPort: 80 },
        { protocol: 'tcp', port: 443, endPort: 443 },
        { protocol: 'udp', port: 80, endPort: 90 },
      ],
    });
  });

  it('says which page to ask for, where the health check asks for one', () => {
    const check = {
      ...HEALTH_CHECK_DEFAULTS.http,
      type: 'https',
      path: '/up',
      host: 'shop.example',
    } as const;
    const web = { protocol: 'tcp', port: 443, endPort: null, healthCheck: check } as const;
    const http = { scheme: 'https', path: '/up', host: 'shop.example', expectedStatus: 200 };
    expect(vipDocument(VIP, [web])?.services).toEqual([{ protocol: 'tcp', port: 443, endPort: 443, http }]);
    const connects = { ...web, healthCheck: { ...HEALTH_CHECK_DEFAULTS.tcp, type: 'tcp' } } as const;
    expect(vipDocument(VIP, [connects])?.services).toEqual([{ protocol: 'tcp', port: 443, endPort: 443 }]);
  });

  it('asks as the health check does, and for no page that is on a port of its own', () => {
    const check = {
      ...HEALTH_CHECK_DEFAULTS.http,
      type: 'http',
      method: 'HEAD',
      expectedBody: 'ok',
    } as const;
    const asked = (port: number | null) =>
      vipDocument(VIP, [{ protocol: 'tcp', port: 80, endPort: null, healthCheck: { ...check, port } }])
        ?.services[0]?.http;
    const page = { scheme: 'http', path: '/', host: null, expectedStatus: 200 };
    expect(asked(null)).toEqual({ ...page, method: 'HEAD', expectedBody: 'ok' });
    expect(asked(80)).toEqual(asked(null));
    expect(asked(8_080)).toBeUndefined();
  });

  it('is gone when no service needs the VIP', () => {
    expect(vipDocument(VIP, [])).toBeNull();
  });

  it('is the same whatever the order of the services', () => {
    const service: fc.Arbitrary<HostedService> = fc.record({
      protocol: fc.constantFrom('tcp', 'udp'),
      port: fc.integer({ min: 1, max: 5 }),
      endPort: fc.option(fc.integer({ min: 5, max: 7 })),
      healthCheck: fc.constant(NONE),
    });
    const shuffled = fc
      .array(service, { minLength: 1, maxLength: 12 })
      .chain((some) => fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })));
    fc.assert(
      fc.property(shuffled, ([some, other]) => {
        expect(digestOf(other)).toBe(digestOf(some));
      }),
    );
  });
});

function digestOf(services: readonly HostedService[]): string {
  const body = vipDocument(VIP, services);
  if (body === null) throw new Error('a document was expected');
  return documentDigest(VIP, body);
}
