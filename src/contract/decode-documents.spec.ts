import { describe, expect, it } from 'vitest';
import { bodyDecoder, decodeDocumentsMessage } from './decode-documents.js';
import { decodeText } from './strict-decoder.js';

const VIP = { kind: 'vip', address: '192.0.2.200', services: [{ protocol: 'tcp', port: 80, endPort: 80 }] };
const SERVICE = {
  kind: 'service',
  number: 1,
  address: '2001:db8::200',
  protocol: 'udp',
  port: 53,
  endPort: 53,
  scheduler: 'maglev',
  slots: 256,
  servers: [{ number: 7, address: '2001:db8::11', weight: 0 }],
};
const MESSAGE = {
  format: 1,
  kind: 'delta',
  cluster: '3f0c1c9e-3a0e-4f5e-9a3c-1d2e3f4a5b6c',
  epoch: 1,
  version: 5,
  revision: 3,
  seed: 42,
  digest: '0'.repeat(64),
  last: true,
  documents: [{ key: 'a', version: 5, revision: 3, body: VIP }],
};

describe('the decoder of messages', () => {
  it('takes what the contract promises', () => {
    expect(decodeDocumentsMessage(MESSAGE)).toEqual({ ok: true, value: MESSAGE });
  });

  it.each([
    ['another format', { ...MESSAGE, format: 2 }],
    ['a member too many', { ...MESSAGE, extra: 1 }],
    ['a position below zero', { ...MESSAGE, version: -1 }],
    ['a version that is no safe integer', { ...MESSAGE, version: 2 ** 53 }],
    ['a cluster that is no UUID', { ...MESSAGE, cluster: '../../etc' }],
    ['a digest that is none', { ...MESSAGE, digest: 'x' }],
    ['a seed of zero', { ...MESSAGE, seed: 0 }],
    ['a document without a key', { ...MESSAGE, documents: [{ version: 1, revision: 1, body: null }] }],
    ['a list', []],
    ['nothing', null],
  ])('refuses %s', (_, message) => expect(decodeDocumentsMessage(message)).toMatchObject({ ok: false }));

  it('leaves a body that it does not know to the decoder of bodies, so that the others pass', () => {
    const message = { ...MESSAGE, documents: [{ key: 'a', version: 5, revision: 3, body: { kind: 'x' } }] };
    expect(decodeDocumentsMessage(message)).toMatchObject({ ok: true });
  });

  it('calls a text that is no JSON by its name', () => {
    expect(decodeText(decodeDocumentsMessage, '{')).toEqual({ ok: false, problem: 'it is no JSON' });
  });
});

describe('the decoder of silence probes', () => {
  const probe = { number: 7, address: '2001:db8::11', asked: 3 };
  const withProbes = (...silenceProbes: unknown[]) =>
    bodyDecoder('director')({ ...SERVICE, servers: [], silenceProbes });

  it('takes a service with probes and nothing to forward to', () => {
    expect(withProbes(probe)).toMatchObject({ ok: true });
  });

  it.each([
    ['an empty list', []],
    ['an address that is not canonical', [{ ...probe, address: '2001:DB8::11' }]],
    ['a probe that nothing asks for', [{ number: 7, address: '2001:db8::11' }]],
    ['a member too many', [{ ...probe, device: 'eth0' }]],
  ])('refuses %s', (_, probes) => expect(withProbes(...probes)).toMatchObject({ ok: false }));
});

describe('the decoder of bodies', () => {
  it('takes a body of its role only', () => {
    expect(bodyDecoder('agent')(VIP)).toMatchObject({ ok: true });
    expect(bodyDecoder('director')(SERVICE)).toMatchObject({ ok: true });
    expect(bodyDecoder('agent')(SERVICE)).toMatchObject({ ok: false });
    expect(bodyDecoder('director')(VIP)).toMatchObject({ ok: false });
  });

  it.each(['192.0.2.200/24', '010.0.0.1', 'fe80::1%lo', '::ffff:192.0.2.1', '192.0.2.1 dev eth0'])(
    'refuses the address %j',
    (address) => {
      expect(bodyDecoder('agent')({ ...VIP, address })).toMatchObject({ ok: false });
      expect(bodyDecoder('director')({ ...SERVICE, address })).toMatchObject({ ok: false });
    },
  );

  it('takes a service of which no flow is remembered', () => {
    const stateless = { ...SERVICE, flowAffinity: false };
    expect(bodyDecoder('director')(stateless)).toEqual({ ok: true, value: stateless });
    expect(bodyDecoder('director')({ ...stateless, scheduler: 'source-hash' })).toMatchObject({ ok: true });
  });

  const persistence = { timeoutSeconds: 60, prefixLength: 64 };
  it.each([
    ['by a word', { flowAffinity: 'false' }],
    ['by null', { flowAffinity: null }],
    ['where its flows are remembered: that is left out', { flowAffinity: true }],
    ['with turns', { flowAffinity: false, scheduler: 'round-robin' }],
    ['with persistence', { flowAffinity: false, persistence }],
  ])('refuses a stateless service %s', (_, members) => {
    expect(bodyDecoder('director')({ ...SERVICE, ...members })).toMatchObject({ ok: false });
  });

  it('takes turns and persistence where flows are remembered', () => {
    const service = { ...SERVICE, scheduler: 'round-robin', persistence };
    expect(bodyDecoder('director')(service)).toMatchObject({ ok: true });
  });

  it('refuses a slot count that is no power of two', () => {
    expect(bodyDecoder('director')({ ...SERVICE, slots: 100 })).toMatchObject({ ok: false });
  });
});
