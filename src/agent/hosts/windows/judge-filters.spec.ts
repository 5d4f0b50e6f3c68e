import { describe, expect, it } from 'vitest';
import { freshFilters, type SimulatedFilters } from '../../../../test/support/windows/windows-state.js';
import { judgeFilters } from './judge-filters.js';

const VIP = '192.0.2.200';
const HTTPS = { vip: VIP, protocol: 'tcp', port: 443, endPort: 443 } as const;
const DOOR = 'Homeward-192.0.2.200-tcp-443';
const BLOCK = { name: 'No web here', protocol: 'TCP', ports: '443', address: 'Any', narrowed: ['Any'] };

function judge(spoil: (filters: SimulatedFilters) => unknown, { doors = [DOOR], more = false } = {}) {
  const filters = freshFilters();
  spoil(filters);
  return judgeFilters(HTTPS, { ...filters, doors, more, forwarding: [] });
}

const inAll = (change: Partial<SimulatedFilters['profiles'][number]>) => (filters: SimulatedFilters) =>
  filters.profiles.forEach((profile) => Object.assign(profile, change));
const inOne = (change: Partial<SimulatedFilters['profiles'][number]>) => (filters: SimulatedFilters) =>
  Object.assign(filters.profiles[0] ?? {}, change);

describe('Windows Firewall', () => {
  it.each([
    ['lets a service in by the rule of the agent', () => undefined, 'True', 'Accepted'],
    ['lets all in where it is off', inAll({ enabled: 'False' }), 'True', 'NoRules'],
    [
      'looks at what no policy speaks of as Windows comes',
      inAll({ enabled: 'NotConfigured', allowInbound: 'NotConfigured', allowLocal: 'NotConfigured' }),
      'True',
      'Accepted',
    ],
    ['drops it where no profile takes rules', inAll({ allowInbound: 'False' }), 'False', 'Dropped'],
    ['may drop it where one takes none', inOne({ allowInbound: 'False' }), 'Unknown', 'DependsOnMore'],
    [
      'does not drop it where all is let in',
      inAll({ allowInbound: 'False', defaultInbound: 'Allow' }),
      'True',
      'Accepted',
    ],
    ['is understood by numbers as well', inAll({ enabled: '1', allowInbound: '0' }), 'False', 'Dropped'],
    ['may ignore the rule of the agent', inOne({ allowLocal: 'False' }), 'Unknown', 'LocalRulesIgnored'],
    [
      'ignores no rule of a profile that is off',
      inOne({ allowLocal: 'False', enabled: 'False' }),
      'True',
      'Accepted',
    ],
    ['drops it by a rule that blocks', (all: SimulatedFilters) => all.blocks.push(BLOCK), 'False', 'Dropped'],
    [
      'may drop it by one that blocks some',
      (all: SimulatedFilters) => all.blocks.push({ ...BLOCK, narrowed: ['Public'] }),
      'Unknown',
      'DependsOnMore',
    ],
    [
      'has rules that block something else',
      (all: SimulatedFilters) => all.blocks.push({ ...BLOCK, ports: '80' }),
      'True',
      'Accepted',
    ],
    ['tells of no profile', (all: SimulatedFilters) => all.profiles.splice(0), 'Unknown', 'NotReadable'],
  ])('%s', (_, spoil, status, reason) => {
    expect(judge(spoil)).toMatchObject({ status, reason });
  });

  it('is not known to let in what the agent has no rule for, or what there are too many rules for', () => {
    expect(judge(() => undefined, { doors: [] })).toMatchObject({
      status: 'Unknown',
      reason: 'RuleNotInForce',
    });
    expect(judge(() => undefined, { more: true })).toMatchObject({ status: 'Unknown' });
  });

  it('is told with the rule that drops it', () => {
    expect(judge((all) => all.blocks.push(BLOCK)).message).toContain('No web here');
  });
});
