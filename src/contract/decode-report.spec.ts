import { describe, expect, it } from 'vitest';
import { NFTABLES_CAPABILITIES } from './capabilities.js';
import { reportDecoder } from './decode-report.js';

const FACT = {
  number: 7,
  asked: 3,
  onSegment: true,
  silent: true,
  reason: 'Silent',
  message: 'Nobody answered.',
};
const REPORT = {
  format: 1,
  sequence: 1,
  position: null,
  revision: 0,
  host: { interfaces: [], gateways: [] },
  conditions: [],
  faults: [],
  role: 'director',
  engine: { driver: 'nftables', version: '1.0.6' },
  capabilities: NFTABLES_CAPABILITIES,
  silence: [FACT],
  complete: true,
  health: [],
};
const withInterface = (name: string) => {
  const one = { name, mac: '02:00:00:00:00:01', up: true, mtu: 1500, addresses: [] };
  return reportDecoder('director')({ ...REPORT, host: { interfaces: [one], gateways: [] } });
};
const decode = (silence: unknown) => reportDecoder('director')({ ...REPORT, silence });

describe('what a director found out about silence', () => {
  it.each([
    ['that it is so', FACT],
    ['that somebody answered', { ...FACT, silent: false }],
    ['that a stranger answered', { ...FACT, strangers: ['02:00:00:00:00:ee'] }],
    ['that it cannot tell', { ...FACT, silent: null }],
  ])('may be %s', (_, fact) => expect(decode([fact])).toMatchObject({ ok: true }));

  it.each([
    ['is missing', undefined],
    ['says two things of one server', [FACT, { ...FACT, silent: false }]],
    ['does not say what was asked', [{ ...FACT, asked: undefined }]],
    ['has a member too many', [{ ...FACT, mac: '02:00:00:00:00:01' }]],
    ['has a stranger that is no Ethernet address', [{ ...FACT, strangers: ['<b>'] }]],
    ['has more strangers than anybody reads', [{ ...FACT, strangers: Array(17).fill('02:00:00:00:00:ee') }]],
    ['has a server without a number', [{ ...FACT, number: 0 }]],
    ['has a text for a verdict', [{ ...FACT, silent: 'true' }]],
    ['has a reason that is no word', [{ ...FACT, reason: 'not a word' }]],
    ['has a message without end', [{ ...FACT, message: 'x'.repeat(100_000) }]],
  ])('is refused where it %s', (_, silence) => expect(decode(silence)).toMatchObject({ ok: false }));
});

describe('what a director found out about health', () => {
  const fact = {
    number: 7,
    healthy: false,
    reason: 'TimedOut',
    message: 'No answer within 2 s.',
    since: '2026-01-02T00:00:00.000Z',
  };
  const told = (...health: readonly object[]) => reportDecoder('director')({ ...REPORT, health });

  it.each([
    ['that it is so', { ...fact, healthy: true }],
    ['that it is not', fact],
    ['that it is not known', { ...fact, healthy: null }],
  ])('may be %s', (_, one) => expect(told(one)).toMatchObject({ ok: true }));

  it.each([
    ['says two things of one server', [fact, { ...fact, healthy: true }]],
    ['does not say since when', [{ ...fact, since: undefined }]],
    ['has a time that is none', [{ ...fact, since: 'yesterday' }]],
    ['has a member too many', [{ ...fact, address: '192.0.2.11' }]],
    ['has a server without a number', [{ ...fact, number: 0 }]],
    ['has a reason that is no word', [{ ...fact, reason: 'timed out' }]],
    ['has a message without end', [{ ...fact, message: 'x'.repeat(100_000) }]],
  ])('is refused where it %s', (_, health) => expect(told(...health)).toMatchObject({ ok: false }));

  it('says whether it is all there is', () => {
    expect(reportDecoder('director')({ ...REPORT, complete: undefined })).toMatchObject({ ok: false });
    expect(reportDecoder('director')({ ...REPORT, health: undefined })).toMatchObject({ ok: false });
  });
});

describe('what an agent proved of a service', () => {
  const verdict = { status: 'True', reason: 'So', message: 'so' };
  const proved = { protocol: 'tcp', port: 80, endPort: 90, ready: true, answers: verdict, firewall: verdict };
  const http = { scheme: 'http', path: '/', host: null, expectedStatus: 200 };
  const said = (...services: readonly object[]) => {
    const vip = { address: '192.0.2.200', bound: true, silent: true, reason: 'So', message: '', services };
    const { engine: _e, capabilities: _c, silence: _s, health: _h, ...common } = REPORT;
    const drift = { total: 0, latest: [] };
    return reportDecoder('agent')({ ...common, role: 'agent', complete: true, drift, vips: [vip] });
  };

  it('says what was asked, as the document of the VIP does', () => {
    expect(said(proved)).toMatchObject({ ok: true });
    expect(said({ ...proved, http })).toMatchObject({ ok: true });
    expect(said({ ...proved, endPort: undefined })).toMatchObject({ ok: false });
    expect(said({ ...proved, http: { ...http, path: 'no slash' } })).toMatchObject({ ok: false });
    expect(said(proved, { ...proved, http })).toMatchObject({ ok: false });
  });
});

describe('what a director can enforce', () => {
  const { statelessServices: _, ...older } = NFTABLES_CAPABILITIES;
  const able = (capabilities: unknown) => reportDecoder('director')({ ...REPORT, capabilities });

  it('says whether it has stateless services, unless it is older than those', () => {
    expect(able(NFTABLES_CAPABILITIES)).toMatchObject({ ok: true });
    expect(able(older)).toMatchObject({ ok: true });
    expect(able({ ...older, statelessServices: 'yes' })).toMatchObject({ ok: false });
    expect(able({ ...older, statefulServices: true })).toMatchObject({ ok: false });
  });
});

describe('an interface', () => {
  it('may be named as Windows lets it be', () => {
    expect(withInterface('vEthernet (Default Switch)')).toMatchObject({ ok: true });
    expect(withInterface('x'.repeat(256))).toMatchObject({ ok: true });
    expect(withInterface('x'.repeat(257))).toMatchObject({ ok: false });
    expect(withInterface('')).toMatchObject({ ok: false });
  });
});
