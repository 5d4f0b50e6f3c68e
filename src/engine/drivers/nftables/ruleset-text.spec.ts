import { describe, expect, it } from 'vitest';
import { rulesetText } from './ruleset-text.js';

const text = rulesetText({ seed: 4711, devices: ['eth0', 'eth1'] });

describe('the rules', () => {
  it('seed every hash, for a hash without a seed gets a new one at every load', () => {
    const hashes = text.split('\n').filter((line) => line.includes('jhash'));
    expect(hashes.length).toBeGreaterThan(50);
    expect(hashes.filter((line) => !line.includes('seed 4711'))).toEqual([]);
  });

  it('update a flow in a rule of its own or as its last step, so that a full map stops no packet', () => {
    const updates = text.split('\n').filter((line) => line.includes('update @'));
    expect(updates.length).toBeGreaterThan(10);
    expect(updates.filter((line) => !line.endsWith('}'))).toEqual([]);
  });

  it('send out on every interface', () => {
    for (const device of ['eth0', 'eth1']) {
      expect(text).toContain(`fwd ip to meta mark map @backends4.${device} device "${device}"`);
      expect(text).toContain(`fwd ip6 to meta mark map @backends6.${device} device "${device}"`);
    }
  });

  it('cannot be made without an interface', () => {
    expect(() => rulesetText({ seed: 1, devices: [] })).toThrow('without interfaces');
  });
});
