import { describe, expect, it } from 'vitest';
import { bodyDecoder } from '../contract/decode-documents.js';
import { HEALTH_CHECK_DEFAULTS, type HealthCheck } from '../domain/health-check.js';
import { sampleServer, sampleService } from '../domain/sample-service.fake.js';
import { healthQuestion } from './health-question.js';
import { serviceDocument } from './service-document.js';

const TIMING = { port: 80, intervalMs: 5_000, timeoutMs: 2_000, rise: 2, fall: 3 };
const { tcp, http, udp } = HEALTH_CHECK_DEFAULTS;

const CHECKS: readonly [string, HealthCheck, object][] = [
  ['a connection', { type: 'tcp', ...tcp }, { ...TIMING, type: 'tcp' }],
  [
    'a connection to a port of its own',
    { type: 'tcp', ...tcp, port: 81 },
    { ...TIMING, type: 'tcp', port: 81 },
  ],
  [
    'a page',
    { type: 'http', ...http },
    { ...TIMING, type: 'http', http: { method: 'GET', path: '/', host: null, expectedStatus: 200 } },
  ],
  [
    'a page that says something',
    { type: 'https', ...http, host: 'shop.example', expectedBody: 'ok' },
    {
      ...TIMING,
      type: 'https',
      http: { method: 'GET', path: '/', host: 'shop.example', expectedStatus: 200, expectedBody: 'ok' },
    },
  ],
  [
    'a datagram that nobody need answer',
    { type: 'udp', ...udp, payload: 'ping' },
    { ...TIMING, type: 'udp', udp: { payload: 'cGluZw==', expected: null } },
  ],
  [
    'a datagram and any reply',
    { type: 'udp', ...udp, expectedReply: '' },
    { ...TIMING, type: 'udp', udp: { payload: '', expected: '' } },
  ],
  [
    'any bytes',
    { type: 'udp', ...udp, encoding: 'base64', payload: 'AAE=', expectedReply: 'AAI=' },
    { ...TIMING, type: 'udp', udp: { payload: 'AAE=', expected: 'AAI=' } },
  ],
];

describe('what directors ask', () => {
  it.each(CHECKS)('may be %s, and they understand it', (_, healthCheck, question) => {
    const service = sampleService({ healthCheck });
    expect(healthQuestion(service)).toEqual(question);
    const document = serviceDocument(service, new Set([11, 12]), []);
    expect(document?.healthCheck).toEqual(question);
    expect(bodyDecoder('director')(document)).toMatchObject({ ok: true });
  });

  it('may be nothing', () => expect(healthQuestion(sampleService())).toBeNull());
});

describe('a document', () => {
  const realServers = [sampleServer({ number: 11 }), sampleServer({ number: 12, backup: true })];
  const checked = sampleService({
    healthCheck: { type: 'tcp', ...tcp },
    slowStartSeconds: 30,
    minHealthy: 2,
  });

  it('says who is a backup, and when backups join', () => {
    const document = serviceDocument({ ...checked, realServers }, new Set([11, 12]), []);
    expect(document).toMatchObject({ slowStartMs: 30_000, minHealthy: 2 });
    expect(document?.servers).toEqual([
      { number: 11, address: '192.0.2.11', weight: 1000 },
      { number: 12, address: '192.0.2.12', weight: 1000, backup: true },
    ]);
  });

  it('names no server that is not admitted, and checks nobody where there is none', () => {
    const drained = { number: 12, address: '192.0.2.12' };
    const document = serviceDocument({ ...checked, realServers }, new Set([11]), [drained]);
    expect(document?.servers[1]).toEqual({ ...drained, weight: 0 });
    expect(document).not.toHaveProperty('minHealthy');
    const unmanaged = [sampleServer({ managed: false })];
    const asked = serviceDocument({ ...checked, realServers: unmanaged }, new Set(), []);
    expect(asked?.servers).toEqual([]);
    expect(asked).not.toHaveProperty('healthCheck');
  });

  it('says nothing of what the service does not use, so that its digest stays what it was', () => {
    const document = serviceDocument(sampleService({ minHealthy: 2 }), new Set([11, 12]), []);
    const names = [
      'kind',
      'number',
      'address',
      'protocol',
      'port',
      'endPort',
      'scheduler',
      'slots',
      'servers',
    ];
    expect(Object.keys(document ?? {})).toEqual(names);
    for (const entry of document?.servers ?? [])
      expect(Object.keys(entry)).toEqual(['number', 'address', 'weight']);
  });
});
