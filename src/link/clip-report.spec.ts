import { describe, expect, it } from 'vitest';
import type { ReportedHost, ReportedInterface } from '../contract/report.js';
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
