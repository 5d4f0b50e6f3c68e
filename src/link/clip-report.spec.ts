import { describe, expect, it } from 'vitest';
import { reportDecoder } from '../contract/decode-report.js';
import type { AgentReport, ReportedDrift, ReportedHost, ReportedInterface } from '../contract/report.js';
import {
  LONGEST_MESSAGE,
  MOST_ADDRESSES,
  MOST_CONDITIONS,
  MOST_INTERFACES,
} from '../contract/report-limits.js';
import { clipReport } from './clip-report.js';

const NO_HOST: ReportedHost = { interfaces: [], gateways: [] };
const told = (message: string) => ({ message });
const up = (name: string, parts: Partial<ReportedInterface> = {}): ReportedInterface => {
  return { name, mac: '02:00:00:00:00:01', up: true, mtu: 1500, addresses: ['192.0.2.11/24'], ...parts };
};

function clip(parts: { host?: ReportedHost; messages?: readonly string[] }) {
  return clipReport({
    host: parts.host ?? NO_HOST,
    conditions: (parts.messages ?? []).map(told),
    faults: [],
  });
}

describe('a report that is too large', () => {
  it('loses the end of long messages, and says so', () => {
    const [condition] = clip({ messages: ['x'.repeat(LONGEST_MESSAGE + 1)] }).conditions;
    expect(condition?.message).toHaveLength(LONGEST_MESSAGE);
    expect(condition?.message).toMatch(/… and more$/);
  });

  it('has no text that cannot be stored', () => {
    expect(clip({ messages: ['a\0b\ud800'] }).conditions).toEqual([told('a\ufffdb\ufffd')]);
  });

  it('loses the conditions that come last', () => {
    const messages = [...Array(MOST_CONDITIONS + 1).keys()].map(String);
    expect(clip({ messages }).conditions).toEqual(messages.slice(0, -1).map(told));
  });

  it('loses interfaces that are down or have no address before others, and addresses beyond the limit', () => {
    const idle = [...Array(MOST_INTERFACES).keys()].map((index) =>
      up(`veth${index}`, { up: false, addresses: [] }),
    );
    const addresses = [...Array(MOST_ADDRESSES + 5).keys()].map(
      (index) => `10.0.${index >> 8}.${index & 255}/32`,
    );
    const { interfaces } = clip({
      host: { interfaces: [...idle, up('eth0', { addresses })], gateways: [] },
    }).host;
    expect(interfaces).toHaveLength(MOST_INTERFACES);
    expect(interfaces[0]).toEqual(up('eth0', { addresses: addresses.slice(0, MOST_ADDRESSES) }));
  });

  it('is left as it is where it fits', () => {
    const host = { interfaces: [up('eth1', { up: false }), up('eth0')], gateways: ['192.0.2.1'] };
    expect(clip({ host, messages: ['well'] })).toEqual({ host, conditions: [told('well')], faults: [] });
  });
});

const AT = '2026-01-02T00:00:00.000Z';
const LONG = 'vEthernet '.repeat(40);

function drift(parts: Partial<ReportedDrift>): ReportedDrift {
  const what = { thing: 'arp_ignore', found: '0', wanted: '1' };
  return { ...what, firstAt: AT, lastAt: AT, count: 1, repaired: true, ...parts };
}

function reportWith(...latest: readonly ReportedDrift[]): AgentReport {
  const empty = { conditions: [], faults: [], vips: [], host: { interfaces: [], gateways: [] } };
  const counted = { format: 1, sequence: 1, position: null, revision: 0 };
  return { ...empty, ...counted, role: 'agent', complete: true, drift: { total: 9, latest } };
}

const decode = reportDecoder('agent');

describe('a report of drift', () => {
  it('is taken, however long the things are named', () => {
    const report = reportWith(drift({ thing: LONG, found: LONG, wanted: LONG }), drift({}));
    expect(decode(report)).toMatchObject({ ok: false });
    const clipped = clipReport(report);
    expect(decode(clipped)).toMatchObject({ ok: true });
    expect(clipped.drift.latest[0]?.thing).toMatch(/^vEthernet .* and more$/);
    expect(clipped.drift.latest[1]).toEqual(drift({}));
    expect(clipped.drift.total).toBe(9);
  });

  it('names each thing once, also where two are told apart by their ends', () => {
    const report = reportWith(drift({ thing: `${LONG}1`, count: 2 }), drift({ thing: `${LONG}2` }));
    const { latest } = clipReport(report).drift;
    expect(latest.map(({ count }) => count)).toEqual([2]);
    expect(decode(clipReport(report))).toMatchObject({ ok: true });
  });

  it('holds nothing that cannot be stored', () => {
    const { latest } = clipReport(reportWith(drift({ found: 'a\0b' }))).drift;
    expect(latest[0]?.found).toBe('a\uFFFDb');
  });
});
