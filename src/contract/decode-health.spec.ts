import { describe, expect, it } from 'vitest';
import { sampleServiceDocument } from './sample-service-document.fake.js';
import { bodyDecoder } from './decode-documents.js';

const SERVICE = sampleServiceDocument();
const TIMING = { port: 80, intervalMs: 5_000, timeoutMs: 2_000, rise: 2, fall: 3 };
const PAGE = { method: 'GET', path: '/health', host: null, expectedStatus: 200 };
const HTTP = { ...TIMING, type: 'http', http: PAGE };
const UDP = { ...TIMING, type: 'udp', udp: { payload: 'cGluZw==', expected: null } };

const decode = (changes: object) => bodyDecoder('director')({ ...SERVICE, ...changes });
const asking = (healthCheck: object) => decode({ healthCheck });

describe('a health question', () => {
  it.each([
    ['a connection', { ...TIMING, type: 'tcp' }],
    ['a page', HTTP],
    ['a page over TLS', { ...HTTP, type: 'https' }],
    ['a head', { ...HTTP, http: { ...PAGE, method: 'HEAD', host: 'shop.example' } }],
    ['a page that says something', { ...HTTP, http: { ...PAGE, expectedBody: 'alles gut: ✓' } }],
    ['a datagram', UDP],
    ['a datagram and any reply', { ...UDP, udp: { payload: '', expected: '' } }],
    ['a datagram and its reply', { ...UDP, udp: { payload: 'cGluZw==', expected: 'cG9uZw==' } }],
    ['the longest datagram', { ...UDP, udp: { payload: 'AAAA'.repeat(400), expected: null } }],
  ])('may be for %s', (_, question) => expect(asking(question)).toMatchObject({ ok: true }));

  it.each([
    ['nothing', { ...TIMING, type: 'none' }],
    ['a page that is not told', { ...TIMING, type: 'http' }],
    ['a datagram that is not told', { ...TIMING, type: 'udp' }],
    ['a connection and a page', { ...TIMING, type: 'tcp', http: PAGE }],
    ['a page and a datagram', { ...HTTP, udp: UDP.udp }],
    ['another method', { ...HTTP, http: { ...PAGE, method: 'POST' } }],
    ['a path that ends the request line', { ...HTTP, http: { ...PAGE, path: '/ HTTP/1.1\r\n' } }],
    ['a host that begins a header', { ...HTTP, http: { ...PAGE, host: 'a\r\nb: c' } }],
    ['an empty body', { ...HTTP, http: { ...PAGE, expectedBody: '' } }],
    ['a body without end', { ...HTTP, http: { ...PAGE, expectedBody: 'x'.repeat(1_025) } }],
    ['a status that is none', { ...HTTP, http: { ...PAGE, expectedStatus: 99 } }],
    ['a payload that is no base64', { ...UDP, udp: { payload: 'ping!', expected: null } }],
    ['a payload cut short', { ...UDP, udp: { payload: 'cGluZw', expected: null } }],
    ['a payload that no datagram holds', { ...UDP, udp: { payload: 'AAAA'.repeat(401), expected: null } }],
    ['a reply that is left out', { ...UDP, udp: { payload: '' } }],
    ['port 0', { ...HTTP, port: 0 }],
    ['no time between checks', { ...HTTP, intervalMs: 9 }],
    ['half a millisecond', { ...HTTP, timeoutMs: 0.5 }],
    ['more than an hour', { ...HTTP, intervalMs: 3_600_001 }],
    ['no failure at all', { ...HTTP, fall: 0 }],
    ['successes without end', { ...HTTP, rise: 101 }],
    ['a member too many', { ...HTTP, script: 'x' }],
  ])('is refused for %s', (_, question) => expect(asking(question)).toMatchObject({ ok: false }));
});

describe('what a service says of its servers', () => {
  it('may have backups, a slow start and a least count of healthy servers', () => {
    const servers = [...SERVICE.servers, { number: 8, address: '192.0.2.12', weight: 1000, backup: true }];
    expect(decode({ servers, slowStartMs: 30_000, minHealthy: 2 })).toMatchObject({ ok: true });
  });

  it.each([
    ['a server that is said to be no backup', { servers: [{ ...SERVICE.servers[0], backup: false }] }],
    ['a slow start of no time', { slowStartMs: 0 }],
    ['a slow start of more than an hour', { slowStartMs: 3_600_001 }],
    ['no healthy server at all', { minHealthy: 0 }],
  ])('is refused with %s', (_, changes) => expect(decode(changes)).toMatchObject({ ok: false }));

  it('may be left out', () => {
    expect(decode({})).toEqual({ ok: true, value: SERVICE });
  });
});

describe('what an agent asks for', () => {
  const asked = (http: object) =>
    bodyDecoder('agent')({
      kind: 'vip',
      address: '192.0.2.200',
      services: [{ protocol: 'tcp', port: 80, endPort: 80, http }],
    });
  const page = { scheme: 'http', path: '/', host: null, expectedStatus: 200 };

  it('may be a head, and a page that says something', () => {
    expect(asked({ ...page, method: 'HEAD' })).toMatchObject({ ok: true });
    expect(asked({ ...page, expectedBody: 'ok' })).toMatchObject({ ok: true });
  });

  it('has one spelling for what is asked by default', () => {
    expect(asked({ ...page, method: 'GET' })).toMatchObject({ ok: false });
  });
});
